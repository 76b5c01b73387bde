"""What a program's --help says, its manual, its configuration's manual and its example configuration: the same options
with the same defaults, command by command.

    compare.py PROGRAM MANUAL(8) MANUAL(5) EXAMPLE      exit 1 and a line for each difference
"""

import re
import subprocess
import sys

COMMAND_LINE_ONLY = {"help", "version", "config", "check-config", "print-config"}


def run_help(program, path):
    ended = subprocess.run([program, *path, "--help"], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, (path, ended.stderr)
    return ended.stdout


def options_in_help(text):
    """{names: default} of the lines `  -f,--from TEXT=x ...    meaning`."""
    found = {}
    for line in text.splitlines():
        match = re.match(r"  (-[-\w]+(?:,-[-\w]+)*)(?: (.*))?$", line)
        if not match:
            continue
        value = re.split(r"\s{2,}", match[2] or "", maxsplit=1)[0] if not (match[2] or "").startswith(" ") else ""
        value = value.removesuffix(" ...")
        found[tuple(match[1].split(","))] = value.split("=", 1)[1] if "=" in value else ""
    return found


def commands_in_help(text):
    _, _, below = text.partition("\nSubcommands:\n")
    return re.findall(r"^  ([a-z]\S*)", below.split("\n\n")[0], re.M)


def tree_of_help(program, path=()):
    text = run_help(program, path)
    options = options_in_help(text)
    if path:
        options = {names: default for names, default in options.items() if "--help" not in names}
    tree = {path: options}
    for command in commands_in_help(text):
        tree |= tree_of_help(program, (*path, command))
    return tree


def plain(roff):
    text = re.sub(r"\\f[BIR]", "", roff)
    text = re.sub(r"\\\[u([0-9A-F]+)\]", lambda m: chr(int(m[1], 16)), text)
    return text.replace(r"\-", "-").replace(r"\(aq", "'").replace(r"\(ga", "`").replace(r"\&", "").replace(r"\e", "\\")


def section(page, name):
    match = re.search(rf"^\.SH {name}\n(.*?)(?=^\.SH |\Z)", page, re.M | re.S)
    return match[1] if match else ""


def default_of(block):
    match = re.search(r"^Default: \\fB(.*)\\fR\.$", block, re.M)
    return plain(match[1]) if match else ""


def options_in_roff(text):
    found = {}
    for block in text.split(".TP\n")[1:]:
        head, _, rest = block.partition("\n")
        names = re.findall(r"\\fB(\\-.*?)\\fR", head)
        if names:
            found[tuple(plain(name) for name in names)] = default_of(rest)
    return found


def tree_of_manual(program, page):
    tree = {(): options_in_roff(section(page, "OPTIONS"))}
    for block in section(page, "COMMANDS").split(".SS ")[1:]:
        head, _, rest = block.partition("\n")
        path = plain(head.strip('"')).split()
        assert path[0] == program, path
        tree[tuple(path[1:])] = options_in_roff(rest)
    return tree


def settings_in_manual(page):
    found = {}
    for block in section(page, "SETTINGS").split(".TP\n")[1:]:
        head, _, rest = block.partition("\n")
        found[plain(head).split(" =")[0]] = default_of(rest)
    return found


def settings_in_example(text):
    found = {}
    for name, value in re.findall(r"^#?([a-z][a-z0-9-]*) =(.*)$", text, re.M):
        found.setdefault(name, []).append(value.strip().strip('"'))
    return found


def settings_of(options):
    """What of the program's options may stand in the file: {name: default}."""
    found = {}
    for names, default in options.items():
        name = next((n[2:] for n in names if n.startswith("--")), None)
        if name and name not in COMMAND_LINE_ONLY:
            found[name] = default
    return found


def flat(tree):
    """{"queue show --json": default}, and a line for each command."""
    found = {}
    for path, options in tree.items():
        found[" ".join(path)] = ""
        for names, default in options.items():
            found[" ".join([*path, ",".join(names)])] = default
    return found


def differences(what, wanted, got):
    for key in sorted(wanted.keys() | got.keys()):
        if key not in got:
            yield f"{what}: not there: {key}"
        elif key not in wanted:
            yield f"{what}: only there: {key}"
        elif wanted[key] != got[key]:
            yield f"{what}: {key}: {got[key]!r}, but --help says {wanted[key]!r}"


def main():
    program, manual, conf_manual, example = sys.argv[1:]
    name = program.rsplit("/", 1)[-1]
    helped = tree_of_help(program)
    told = tree_of_manual(name, open(manual, encoding="utf-8").read())
    faults = list(differences(f"{name}(8)", flat(helped), flat(told)))
    settings = settings_of(helped[()])
    faults += differences(f"{name}.conf(5)", settings, settings_in_manual(open(conf_manual, encoding="utf-8").read()))
    shown = settings_in_example(open(example, encoding="utf-8").read())
    faults += differences(f"{name}.conf", dict.fromkeys(settings, ""), dict.fromkeys(shown, ""))
    for setting, default in settings.items():
        if default and shown.get(setting, [default]) != [default]:
            faults.append(f"{name}.conf: {setting} = {shown[setting]}, but --help says {default!r}")
    for fault in faults:
        print(fault)
    options = sum(len(options) for options in helped.values())
    print(f"{name}: {options} options in {len(helped)} levels, {len(settings)} settings, {len(faults)} differences")
    sys.exit(1 if faults else 0)


main()
