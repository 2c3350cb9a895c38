#!/usr/bin/env python3
"""Makes a manual page from its hand-written frame and what is written elsewhere already.

  manual.py VERSION FRAME PAGE --program PROGRAM   @COMMANDS@ becomes options and commands, from `--help`
  manual.py VERSION FRAME PAGE --markdown FILE     @TEXT@ becomes the sections of a document of docs/
"""

import pathlib
import re
import sys

from commands import read_commands


def escape(text):
    text = text.replace("\\", "\\e")
    text = re.sub(r"(?<![\w-])--?(?=[A-Za-z])", lambda m: m[0].replace("-", "\\-"), text)
    return re.sub(r"^(?=[.'])", r"\\&", text, flags=re.MULTILINE)


def prose(text):
    """Text of `--help` or markdown, with its `code` and *words* set apart."""
    text = escape(re.sub(r"(?m)^[ \t]+", "", text))
    parts = re.split(r"`([^`]+)`", text)
    parts[::2] = [re.sub(r"\*\*?([^*\n]+)\*\*?", r"\\fI\1\\fR", words) for words in parts[::2]]
    parts[1::2] = [f"\\fB{code}\\fR" for code in parts[1::2]]
    return "".join(parts)


def tagged(tag, *paragraphs):
    body = "\n".join(paragraph for paragraph in paragraphs if paragraph)
    return f".TP\n{tag}\n{body}\n" if body else f".TP\n{tag}\n\\&\n"


def entry_paragraph(entry):
    tag = ", ".join("\\fB" + escape(name) + "\\fR" for name in entry.names)
    if entry.value:
        tag += " \\fI" + escape(entry.value) + "\\fR"
    sentences = [entry.text.rstrip(".") + "." if entry.text else ""]
    if entry.choices:
        sentences.append("One of " + ", ".join(f"`{choice}`" for choice in entry.choices) + ".")
    elif " in [" in entry.check:
        sentences.append("From " + re.search(r"\[(.*)\]", entry.check)[1].replace(" - ", " to ") + ".")
    if entry.required and entry.names[0].startswith("-"):
        sentences.append("Required.")
    if entry.default:
        sentences.append(f"Default: {entry.default}.")
    if entry.variable:
        sentences.append(f"Without it, what {entry.variable} says.")
    if entry.relation:
        sentences.append(entry.relation + ".")
    return tagged(tag, prose("\n".join(sentence for sentence in sentences if sentence)))


def commands_text(program):
    root = read_commands(program)
    text = ".SH OPTIONS\n" + "".join(map(entry_paragraph, root.options))
    if root.commands:
        text += ".SH COMMANDS\n"
    for command in list(root.walk())[1:]:
        text += f'.SS "{escape(command.usage)}"\n{prose(command.about)}.\n'
        for entry in command.arguments + [o for o in command.options if "--help" not in o.names]:
            text += entry_paragraph(entry)
        if command.notes and command.notes != root.notes:
            text += ".PP\n" + prose(command.notes).replace("\nExit codes:", "\n.PP\nExit codes:") + "\n"
    return text


def cells(row):
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def table_text(rows):
    """Each row as a tagged paragraph: a terminal is too narrow for tables of sentences."""
    heads = cells(rows[0])
    text = ""
    for row in rows[2:]:
        tag, *others = cells(row)
        given = [(head, value) for head, value in zip(heads[1:], others) if value and value != "–"]
        named = [value.rstrip(".") + "." for head, value in given if head == "meaning"]
        named += ["Required." if value == "required" else f"{head.capitalize()}: {value}."
                  for head, value in given if head != "meaning"]
        text += tagged(prose(tag), prose("\n".join(named)))
    return text


def markdown_text(document):
    """Headings, paragraphs, tables and code blocks: what the documents of docs/ are written with."""
    lines = document.split("\n## ", 1)
    text = ".SH DESCRIPTION\n"
    body = lines[0].split("\n", 1)[1] + ("\n## " + lines[1] if len(lines) > 1 else "")
    for block in re.findall(r"```.*?```|[^\n]+(?:\n[^\n]+)*", body, flags=re.DOTALL):
        if block.startswith("```"):
            code = block.split("\n", 1)[1].rsplit("\n", 1)[0]
            text += ".PP\n.nf\n" + escape(code) + "\n.fi\n"
        elif block.startswith("## "):
            heading = escape(block[3:].strip())
            text += '.SH "' + (heading if heading.startswith("[") else heading.upper()) + '"\n'
        elif block.startswith("|"):
            text += table_text(block.splitlines())
        else:
            text += ".PP\n" + prose(block) + "\n"
    return text


def main():
    version, frame, page, source, name = sys.argv[1:]
    text = pathlib.Path(frame).read_text().replace("@VERSION@", version)
    if source == "--program":
        text = text.replace("@COMMANDS@\n", commands_text(name))
    else:
        text = text.replace("@TEXT@\n", markdown_text(pathlib.Path(name).read_text()))
    pathlib.Path(page).write_text(text)


if __name__ == "__main__":
    main()
