# ask.zsh DIRECTORY LINE: the completions that zsh offers at the end of LINE, one per line. A second zsh runs in a
# terminal of its own (zpty), with a compadd that prints what it is given.
zmodload zsh/zpty || exit 1
zpty asked zsh -f -i
ready() { zpty -w asked "print 'rea''dy'"; zpty -r asked line '*ready*'; }
zpty -w asked "PROMPT= RPROMPT= PS2= ; fpath=(${(q)1} \$fpath); autoload -Uz compinit && compinit -D -u; bindkey '^I' complete-word"
zpty -w asked "zstyle ':completion:*' completer _complete; setopt no_list_beep no_always_last_prompt; LISTMAX=100000"
zpty -w asked 'compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return $?; fi
    local -a offered; builtin compadd -A offered "$@"
    (($#offered)) && print -l -- "OFFER:"${^offered}
    builtin compadd "$@"
}'
ready
zpty -w -n asked "$2"$'\t'
zpty -w -n asked $'\C-u'"print 'do''ne'"$'\n'
while zpty -r asked line; do
    line=${${line%$'\n'}%$'\r'}
    [[ $line == *OFFER:* ]] && print -r -- "${line##*OFFER:}"
    [[ $line == *done* && $line != *"'do''ne'"* ]] && break
done
zpty -d asked
