#include "defect_targets.hpp"

namespace generator::defect {

void unknown_attribute(DefectContext& context) {
  change_pupil(context, "attributes ENTEleveHumeur and ENTPersonGroupeSanguin added",
               [](RecordText& r) {
                 r.append("ENTEleveHumeur", "1$BONNE");
                 r.append("ENTPersonGroupeSanguin", "O");
                 return std::string{};
               });
}

void duplicate_record(DefectContext& context) {
  change_pupil(context, "the record stands twice", [](RecordText& r) { return r.text(); });
}

void contradictory_record(DefectContext& context) {
  change_pupil(
      context, "a second record with another birth date and family name", [](RecordText& r) {
        RecordText other = r;
        const std::string born = r.first("ENTPersonDateNaissance");
        other.set("ENTPersonDateNaissance", {born.starts_with("01/01") ? "02/02" + born.substr(5)
                                                                       : "01/01" + born.substr(5)});
        other.set("ENTPersonNom", {"CONTREDIT"});
        return other.text();
      });
}

void id_mismatch(DefectContext& context) {
  change_pupil(context, "identifier 8888888 differs from the jointure", [](RecordText& r) {
    r.replace_id("8888888");
    return std::string{};
  });
}

void no_jointure(DefectContext& context) {
  change_pupil(context, "identifier and jointure emptied", [](RecordText& r) {
    r.replace_id("");
    r.set("ENTPersonJointure", {});
    return std::string{};
  });
}

void dangling_responsable(DefectContext& context) {
  change_pupil(context, "names responsable 8999999, who is in no file", [](RecordText& r) {
    auto links = r.values("ENTEleveAutoriteParentale");
    links.emplace_back("8999999$20");
    r.set("ENTEleveAutoriteParentale", links);
    return std::string{};
  });
}

void duplicate_link(DefectContext& context) {
  change_pupil(
      context, "names the first responsable twice",
      [](RecordText& r) {
        auto links = r.values("ENTEleveAutoriteParentale");
        links.push_back(part_of(links.front(), 0) + "$90");
        r.set("ENTEleveAutoriteParentale", links);
        return std::string{};
      },
      [](const RecordText& r) { return !r.first("ENTEleveAutoriteParentale").empty(); });
}

void dangling_structure(DefectContext& context) {
  change_pupil(context, "attached to structure 88888, which is in no file", [](RecordText& r) {
    r.set("ENTPersonStructRattach", {"88888"});
    r.set("ENTPersonClasses", {});
    r.set("ENTPersonGroupes", {});
    return std::string{};
  });
}

void duplicate_class(DefectContext& context) {
  change_pupil(
      context, "twice in one class",
      [](RecordText& r) {
        auto classes = r.values("ENTPersonClasses");
        classes.push_back(classes.front());
        r.set("ENTPersonClasses", classes);
        return std::string{};
      },
      [](const RecordText& r) { return !r.first("ENTPersonClasses").empty(); });
}

void class_two_labels(DefectContext& context) {
  change_pupil(
      context, "names his class differently from the others",
      [](RecordText& r) {
        r.set("ENTPersonClasses", {r.first("ENTPersonClasses") + " BIS"});
        return std::string{};
      },
      [](const RecordText& r) { return !r.first("ENTPersonClasses").empty(); });
}

void trailing_empty_part(DefectContext& context) {
  change_pupil(
      context, "the class value ends with an empty label",
      [](RecordText& r) {
        const std::string classe = r.first("ENTPersonClasses");
        r.set("ENTPersonClasses", {classe.substr(0, classe.rfind('$') + 1)});
        return std::string{};
      },
      [](const RecordText& r) { return !r.first("ENTPersonClasses").empty(); });
}

void bad_birth_date(DefectContext& context) {
  change_pupil(context, "born on 31/02/2017", [](RecordText& r) {
    r.set("ENTPersonDateNaissance", {"31/02/2017"});
    return std::string{};
  });
}

void empty_names(DefectContext& context) {
  change_responsable(context, "all names emptied", [](RecordText& r) {
    for (const char* name : {"ENTPersonNom", "ENTPersonPrenom", "ENTPersonNomPatro"})
      r.set(name, {});
  });
}

void missing_civilite(DefectContext& context) {
  change_pupil(context, "civilité emptied", [](RecordText& r) {
    r.set("ENTPersonCivilite", {});
    return std::string{};
  });
}

void malformed_contact(DefectContext& context) {
  change_responsable(context, "malformed mail and phones", [](RecordText& r) {
    r.set("ENTPersonMail", {"sans arobase @@ courriel"});
    r.set("ENTPersonTelPerso", {"06 39 98 00"});
    r.set("ENTPersRelEleveTelMobile", {"0639980011_bis"});
  });
}

void no_attachment(DefectContext& context) {
  std::size_t done = 0;
  std::string first;
  context.files.edit("PersEducNat", [&](RecordText& record, const std::string& where) {
    if (record.first("ENTPersonStructRattach").empty()) return Edit::keep;
    record.set("ENTPersonStructRattach", {});
    if (done++ == 0) first = where;
    return Edit::change;
  });
  context.report(first, "ENTPersonStructRattach of " + std::to_string(done) + " staff emptied");
}

void no_function(DefectContext& context) {
  change_teacher(context, "function and attachment emptied", [](RecordText& r, const std::string&) {
    r.set("ENTPersonFonctions", {});
    r.set("ENTPersonStructRattach", {});
    r.set("ENTEnsSpecialites", {});
  });
}

void function_dash(DefectContext& context) {
  change_teacher(context, "function becomes '-'", [](RecordText& r, const std::string& fonction) {
    r.set("ENTPersonFonctions", {part_of(fonction, 0) + "$-$SANS OBJET$-$-"});
  });
}

void unknown_function(DefectContext& context) {
  change_teacher(context, "function code ZZZ", [](RecordText& r, const std::string& fonction) {
    r.set("ENTPersonFonctions",
          {part_of(fonction, 0) + "$ZZZ$FONCTION NOUVELLE$G0000$SANS SPECIALITE"});
  });
}

void bad_uai(DefectContext& context) {
  const School school = draw_school(context);
  const std::string where = context.files.edit_one(
      "EtabEducNat", context.random, [&](const RecordText& r) { return r.id() == school.id; },
      [&](RecordText& r) {
        std::string uai = school.uai;
        uai.back() = uai.back() == 'A' ? 'B' : 'A';
        r.set("ENTStructureUAI", {uai});
        return std::string{};
      });
  context.report(where, "structure " + school.id + ": check letter of " + school.uai + " changed");
}

}  // namespace generator::defect
