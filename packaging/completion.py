#!/usr/bin/env python3
"""Makes the bash completion of a program from what `--help` says of each of its commands.

  completion.py PROGRAM FILE
"""

import pathlib
import sys

from commands import read_commands

FRAME = """\
# bash completion of {name}: commands, options, and files where a file is wanted.
{function}() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} command= value=false word
  COMPREPLY=()
  # The command typed so far; the value of an option is none.
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    if $value; then value=false; continue; fi
    case $word in {valued}) value=true; continue ;; esac
    case "$command $word" in
      {paths}) command="${{command:+$command }}$word" ;;
    esac
  done
  if $value; then
    case "$command $previous" in
{values}      *) return ;;
    esac
  fi
  case $command in
{words}  esac
}}
complete -F {function} {name}
"""

FILES = "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$current\")"


def offer(words):
    return f"mapfile -t COMPREPLY < <(compgen -W '{' '.join(words)}' -- \"$current\")"


def wants_file(entry):
    return "FILE" in (entry.value, entry.check) or "DIR" in (entry.check, entry.names[0][:3])


def spelled(command):
    return " ".join(command.path[1:])


def value_cases(command, before):
    """What is offered for the values of a command's options; `before` is the pattern of what was typed before one."""
    text = ""
    for option in filter(lambda option: option.value, command.options):
        answer = FILES if wants_file(option) else offer(option.choices) if option.choices else ""
        if answer:
            patterns = "|".join(f'{before}" {name}"' for name in option.names)
            text += f"      {patterns}) {answer}; return ;;\n"
    return text


def completion(root):
    commands = list(root.walk())
    everywhere = [option for option in root.options if "--version" not in option.names]
    valued, values, words = set(), "", ""
    for command in commands:
        own = {name for option in command.options for name in option.names}
        options = command.options + [option for option in everywhere if own.isdisjoint(option.names)]
        valued.update(name for option in options if option.value for name in option.names)
        if command is not root:
            values += value_cases(command, f'"{spelled(command)}"')
        answer = offer([c.path[-1] for c in command.commands] + [name for o in options for name in o.names])
        if any(wants_file(argument) for argument in command.arguments):
            answer = f"if [[ $current == -* ]]; then {answer}; else {FILES}; fi"
        words += f'    "{spelled(command)}") {answer} ;;\n'
    values += value_cases(root, "*")
    # Before a command the path is empty, and stays with a space before it.
    paths = "|".join(f'"{" ".join(c.path[1:-1])} {c.path[-1]}"' for c in commands[1:]) or '""'
    name = root.path[0]
    return FRAME.format(name=name, function="_" + name.replace("-", "_"), valued="|".join(sorted(valued)) or '""',
                        paths=paths, values=values, words=words)


def main():
    program, file = sys.argv[1:]
    pathlib.Path(file).write_text(completion(read_commands(program)))


if __name__ == "__main__":
    main()
