/// entsync-gen: synthetic AAF 1D deliveries, their changes over time, and their defects.

#include <CLI/CLI.hpp>
#include <iostream>
#include <optional>

#include "build.hpp"
#include "changes.hpp"
#include "defects.hpp"
#include "delivery.hpp"
#include "encoding.hpp"
#include "state.hpp"

namespace {

using namespace generator;
namespace fs = std::filesystem;

constexpr int done = 0;
constexpr int failed = 1;
constexpr int usage = 2;

const char* const about =
    "Makes invented AAF 1D deliveries (SDET annexe 1) to test a synchroniser with.\n"
    "\n"
    "A first delivery comes from `region`, which also writes the registry of enrolled schools "
    "and,\n"
    "with --state, what the later ones are made of. `night` lets one or more ordinary nights "
    "pass,\n"
    "`rentree` a summer; both write the next Complet and bring the state file up to date; with "
    "--delta\n"
    "`night` writes the Delta that leads to it instead. `defect` puts\n"
    "one fault into a delivery that was written as a directory.\n"
    "\n"
    "Everything depends on the arguments only: the same ones give the same bytes. All names are\n"
    "invented; phone numbers are of the ranges kept for fiction, mail domains end in .example.";

const char* const footer =
    "Files below DIR:\n"
    "  AC-TOULOUSE/ENTOCC_TOULOUSE_Complet_<date>_<Category>_<NNNN>.xml   with --format dir\n"
    "  AC-TOULOUSE/ENT1DVA.<date>.tgz or .zip                             with the others\n"
    "  …_Delta_<date>_… and ENT1DVA.<date>.Delta.tgz                      with night --delta\n"
    "  AC-MONTPELLIER/…                                                   with --academies 2\n"
    "  registre.toml                                                      enrolled schools\n"
    "XML files of an earlier delivery in these folders are replaced; archives are left there.\n"
    "\n"
    "Examples:\n"
    "  entsync-gen region --persons 3000 --seed 1 --out /tmp/a --state /tmp/a.state\n"
    "  entsync-gen night --state /tmp/a.state --night 1 --date 20260916 --out /tmp/b\n"
    "  entsync-gen rentree --state /tmp/a.state --date 20270901 --out /tmp/c\n"
    "  entsync-gen defect lost-school --delivery /tmp/b/AC-TOULOUSE\n"
    "\n"
    "Exit codes: 0 done, 1 failed (nothing to read, cannot write), 2 wrong usage.";

struct Options {
  Settings settings;
  std::string date = "20260915";
  std::string encoding = "UTF-8";
  std::string format = "dir";
  fs::path out;
  fs::path state;
  bool keep_state = false;
  bool delta = false;
  std::uint32_t night = 0;
  std::string defect;
  bool list = false;
  fs::path delivery;
  fs::path registry;
  std::uint64_t seed = 1;
};

Day to_day(const std::string& text) {
  const auto day = parse_compact(text);
  if (!day) throw std::invalid_argument("--date " + text + " is not a date yyyymmdd");
  return *day;
}

void print(const DeliveryCounts& counts) {
  std::cout << "structures: " << counts.structures << "\neleves: " << counts.eleves
            << "\nresponsables: " << counts.responsables << "\npersonnels: " << counts.personnels
            << "\npersons: " << counts.eleves + counts.responsables + counts.personnels
            << "\nbytes: " << counts.bytes << "\n";
}

void print(const ChangeCounts& counts) {
  std::cout << "arrivals: " << counts.arrivals << "\ndepartures: " << counts.departures
            << "\nmoves: " << counts.moves << "\ntransfers: " << counts.transfers
            << "\nresponsable_changes: " << counts.responsables
            << "\nstaff_changes: " << counts.personnels << "\n";
}

void run_region(Options& options) {
  options.settings.encoding = *parse_encoding(options.encoding);
  options.settings.format = options.format == "tgz"   ? Format::tgz
                            : options.format == "zip" ? Format::zip
                                                      : Format::dir;
  const Names names(options.settings.seed);
  const World world = build_region(options.settings, to_day(options.date), names);
  print(write_deliveries(world, options.out, names));
  if (!options.state.empty()) save_state(world, options.state);
}

/// Nights that were left out are lived through too; each has its own date, one day before the next.
void run_night(const Options& options) {
  World world = load_state(options.state);
  const std::optional<World> before = options.delta ? std::optional(world) : std::nullopt;
  const Day date = to_day(options.date);
  if (options.night <= world.night)
    throw std::invalid_argument("--night " + std::to_string(options.night) +
                                ": the state has lived through night " +
                                std::to_string(world.night) + " already; it cannot go back");
  if (date <= world.date)
    throw std::invalid_argument("--date " + options.date + " is not after the last delivery (" +
                                compact(world.date) + ")");
  const Names names(world.settings.seed);
  ChangeCounts sum;
  for (std::uint32_t night = world.night + 1; night <= options.night; ++night) {
    const Day then = date - static_cast<Day>(options.night - night);
    const ChangeCounts counts = pass_night(world, night, then, names);
    sum.arrivals += counts.arrivals;
    sum.departures += counts.departures;
    sum.moves += counts.moves;
    sum.transfers += counts.transfers;
    sum.responsables += counts.responsables;
    sum.personnels += counts.personnels;
  }
  print(sum);
  print(before ? write_deltas(*before, world, options.out, names)
               : write_deliveries(world, options.out, names));
  if (!options.keep_state) save_state(world, options.state);
}

void run_rentree(const Options& options) {
  World world = load_state(options.state);
  const Day date = to_day(options.date);
  if (school_year(date) <= school_year(world.date))
    throw std::invalid_argument("--date " + options.date +
                                " is not in a later school year than the last delivery (" +
                                compact(world.date) + "); school years begin in August");
  const Names names(world.settings.seed);
  print(pass_rentree(world, date, names));
  print(write_deliveries(world, options.out, names));
  if (!options.keep_state) save_state(world, options.state);
}

void list_defects() {
  for (const Defect& defect : defects())
    std::cout << defect.name << std::string(24 - defect.name.size(), ' ') << defect.description
              << "\n";
}

void run_defect(const Options& options) {
  if (options.list) return list_defects();
  if (options.defect.empty() || options.delivery.empty())
    throw std::invalid_argument("defect wants a NAME and --delivery DIR, or --list");
  const Defect* const defect = find_defect(options.defect);
  if (defect == nullptr)
    throw std::invalid_argument("no defect is named '" + options.defect + "'; see defect --list");
  fs::path delivery = options.delivery;
  fs::path registry = options.registry;
  if (registry.empty()) {
    registry = fs::absolute(delivery).lexically_normal() / ".." / "registre.toml";
    if (!delivery.has_filename()) registry = delivery / ".." / "registre.toml";
    if (!fs::exists(registry)) registry.clear();
  }
  if (!options.out.empty()) {
    if (fs::exists(options.out))
      throw std::invalid_argument("--out " + options.out.string() + " exists already");
    fs::copy(delivery, options.out, fs::copy_options::recursive);
    delivery = options.out;
  }
  DefectContext context{DeliveryFiles(delivery), Random(mix({options.seed, 0xDEFEC7})),
                        registry.empty() ? std::set<std::string>{} : enrolled_uais(registry),
                        [](const std::string& where, const std::string& what) {
                          std::cout << where << ": " << what << "\n";
                        }};
  defect->apply(context);
}

void add_out(CLI::App& command, Options& options) {
  command.add_option("--out", options.out, "Directory to write below; created when it is missing")
      ->required();
}

void add_state(CLI::App& command, Options& options) {
  command
      .add_option("--state", options.state, "State file of the last delivery; brought up to date")
      ->required()
      ->check(CLI::ExistingFile);
  command.add_flag("--keep-state", options.keep_state, "Leave the state file as it is");
}

void describe_region(CLI::App& command, Options& options) {
  command
      .add_option("--persons", options.settings.persons,
                  "Pupils, responsables and staff together: 35 %, 60 % and 5 % of them")
      ->required()
      ->check(CLI::Range(100, 8'000'000));
  command.add_option("--seed", options.settings.seed, "Which region, among 2^64")
      ->capture_default_str();
  add_out(command, options);
  command
      .add_option("--academies", options.settings.academies,
                  "1: Toulouse. 2: Montpellier too; both use the same jointures")
      ->check(CLI::Range(1, 2))
      ->capture_default_str();
  command.add_option("--date", options.date, "Of the delivery, yyyymmdd; sets the school year")
      ->capture_default_str();
  command.add_option("--encoding", options.encoding, "Of the XML files")
      ->check(CLI::IsMember({"UTF-8", "ISO-8859-1", "ISO-8859-15", "windows-1252"}))
      ->capture_default_str();
  command.add_option("--format", options.format, "Of the delivery")
      ->check(CLI::IsMember({"dir", "tgz", "zip"}))
      ->capture_default_str();
  command.add_option("--parts", options.settings.records_per_part, "Records in one XML file")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command
      .add_option("--outside", options.settings.outside_percent,
                  "Percent of the schools that are not enrolled, or not any more")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  command.add_option("--state", options.state,
                     "File to keep the region's state in, for night and rentree");
}

int run(int argc, char** argv) {
  CLI::App app{about, "entsync-gen"};
  app.footer(footer);
  app.require_subcommand(1);
  Options options;

  CLI::App* region = app.add_subcommand("region", "Write the first delivery of a region");
  describe_region(*region, options);

  CLI::App* night =
      app.add_subcommand("night", "Let ordinary nights pass: about 1 % of the persons change");
  add_state(*night, options);
  night
      ->add_option(
          "--night", options.night,
          "Number of the night, counted from the first delivery; nights between the state's and "
          "this one pass too")
      ->required()
      ->check(CLI::Range(1, 100'000));
  night->add_option("--date", options.date, "Of the delivery, yyyymmdd")->required();
  night->add_flag("--delta", options.delta,
                  "Write what changed since the state's delivery, not the next Complet");
  add_out(*night, options);

  CLI::App* rentree =
      app.add_subcommand("rentree", "Begin the next school year: everybody moves up");
  add_state(*rentree, options);
  rentree->add_option("--date", options.date, "Of the delivery, yyyymmdd")->required();
  add_out(*rentree, options);

  CLI::App* defect = app.add_subcommand("defect", "Put one fault into a directory delivery");
  defect->add_option("NAME", options.defect, "Which fault; see --list");
  defect->add_flag("--list", options.list, "Print the faults, one a line");
  defect->add_option("--delivery", options.delivery, "Folder of one académie with XML files")
      ->check(CLI::ExistingDirectory);
  defect->add_option("--out", options.out, "Change a copy at this new place instead");
  defect
      ->add_option(
          "--registry", options.registry,
          "Registry, to strike enrolled schools only [default: registre.toml above the folder]")
      ->check(CLI::ExistingFile);
  defect->add_option("--seed", options.seed, "Which records are struck")->capture_default_str();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? done : usage;
  }
  if (region->parsed()) run_region(options);
  if (night->parsed()) run_night(options);
  if (rentree->parsed()) run_rentree(options);
  if (defect->parsed()) run_defect(options);
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::invalid_argument& error) {
    std::cerr << "entsync-gen: " << error.what() << "\n";
    return usage;
  } catch (const std::exception& error) {
    std::cerr << "entsync-gen: " << error.what() << "\n";
    return failed;
  }
}
