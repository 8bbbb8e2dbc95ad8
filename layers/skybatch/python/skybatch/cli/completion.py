"""`skybatch completion SHELL`: a script that completes this command's words, made from its parser."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

EXAMPLES = """\
examples:
  skybatch completion bash > ~/.local/share/bash-completion/completions/skybatch
  skybatch completion zsh >> ~/.zshrc
  skybatch completion fish > ~/.config/fish/completions/skybatch.fish"""
ZSH_HEAD = "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"


@dataclass(frozen=True)
class Option:
    """An option: its spellings, what may follow it, and its help."""

    spellings: tuple[str, ...]
    choices: tuple[str, ...]
    takes_value: bool
    help: str


@dataclass(frozen=True)
class Command:
    """A command by its words (none: `skybatch` itself), the words that may follow, and its options."""

    path: tuple[str, ...]
    commands: tuple[str, ...]
    options: tuple[Option, ...]


def add_command(topics: Any, make_parser: Callable[[], argparse.ArgumentParser]) -> None:
    """Add the command; ``make_parser`` gives the parser of all commands."""
    parser = topics.add_parser(
        "completion",
        help="print a completion script",
        description="Print a script that completes this command's words.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shell", choices=tuple(SCRIPTS))

    def run(options: argparse.Namespace) -> int:
        print(SCRIPTS[options.shell](list(commands(make_parser()))), end="")
        return 0

    parser.set_defaults(run=run)


def commands(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[Command]:
    """Every command of a parser, itself first."""
    below: dict[str, argparse.ArgumentParser] = {}
    options = []
    words: list[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            below |= action.choices
        elif action.option_strings:
            options.append(_option(action))
        else:
            words += map(str, action.choices or ())
    yield Command(path, (*below, *words), tuple(options))
    for name, further in below.items():
        yield from commands(further, (*path, name))


def _option(action: argparse.Action) -> Option:
    choices = tuple(map(str, action.choices or ()))
    return Option(tuple(action.option_strings), choices, action.nargs != 0, action.help or "")


def bash(found: list[Command]) -> str:
    """A script for bash."""
    steps, values, words = [], [], []
    for command in found:
        path = "/".join(command.path)
        if command.path:
            above = "/".join(command.path[:-1])
            steps.append(f'    "{above}:{command.path[-1]}") path="{path}" ;;')
        for option in command.options:
            if option.choices:
                keys = " | ".join(f'"{path}:{spelling}"' for spelling in option.spellings)
                values.append(f'    {keys}) words="{" ".join(option.choices)}" ;;')
        spellings = [spelling for option in command.options for spelling in option.spellings]
        words.append(f'    "{path}") words="{" ".join([*command.commands, *spellings])}" ;;')
    lines = [
        "_skybatch() {",
        '  local path="" word words="" cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"',
        '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
        '    case "$path:$word" in',
        *steps,
        "    esac",
        "  done",
        '  case "$path:$prev" in',
        *values,
        "  esac",
        '  if [ -z "$words" ]; then',
        '    case "$path" in',
        *words,
        "    esac",
        "  fi",
        '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
        "}",
        "complete -o default -F _skybatch skybatch",
    ]
    return "\n".join(lines) + "\n"


def zsh(found: list[Command]) -> str:
    """A script for zsh, by its reading of bash's."""
    return ZSH_HEAD + bash(found)


def fish(found: list[Command]) -> str:
    """A script for fish."""
    return "".join(line + "\n" for command in found for line in _fish_lines(command))


def _fish_lines(command: Command) -> Iterator[str]:
    seen = [f"__fish_seen_subcommand_from {word}" for word in command.path]
    where = "; and ".join(seen) if seen else "__fish_use_subcommand"
    head = f"complete -c skybatch -n '{where}'"
    if command.commands:
        yield f"{head} -a '{' '.join(command.commands)}'"
    for option in command.options:
        names = " ".join(f"-l {s[2:]}" if s.startswith("--") else f"-s {s[1:]}" for s in option.spellings)
        follows = " -r" if option.takes_value else ""
        if option.choices:
            follows = f" -x -a '{' '.join(option.choices)}'"
        yield f"{head} {names}{follows} -d {_quoted(option.help)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("%(default)s", "").replace("\\", "").replace("'", "\\'") + "'"


SCRIPTS: dict[str, Callable[[list[Command]], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
