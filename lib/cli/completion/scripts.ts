/** Shells that have a script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** The first word of the command line by which a script asks for candidates. */
export const COMPLETE = '__complete';
/** The line that asks the shell for names of files. */
export const FILES = ':files';

/**
 * Bash takes `=` and `:` as ends of words, and replaces only what follows them. So the command gets the whole line, and the part of the
 * word that stays is removed from each candidate. Bash 3.2, which macOS has, knows no `compopt`.
 */
const BASH = `_secure_api() {
  local line="\${COMP_LINE:0:COMP_POINT}" word kept item IFS=$'\\n'
  word="\${line##*[[:space:]]}"
  kept=''
  [[ $COMP_WORDBREAKS == *:* ]] && kept="\${word%"\${word##*[=:]}"}"
  COMPREPLY=()
  while IFS= read -r item; do
    if [[ $item == '${FILES}' ]]; then
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -f -- "\${word##*=}"))
      return
    fi
    item="\${item%%$'\\t'*}"
    COMPREPLY+=("\${item#"$kept"}")
  done < <("$1" ${COMPLETE} --line "$line" 2>/dev/null)
}
complete -F _secure_api secure-api
`;

const ZSH = `#compdef secure-api
_secure_api() {
  local line
  local -a values
  for line in "\${(@f)$("\${words[1]}" ${COMPLETE} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == '${FILES}' ]]; then
      _files
      return
    fi
    [[ -n $line ]] && values+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( $#values )) && _describe -V 'secure-api' values
}
if [[ $funcstack[1] == _secure_api ]]; then
  _secure_api "$@"
else
  compdef _secure_api secure-api
fi
`;

const FISH = `function __secure_api_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program ${COMPLETE} -- $words "$current" 2>/dev/null)
        if test "$line" = '${FILES}'
            __fish_complete_path "$current"
            return
        end
        printf '%s\\n' "$line"
    end
end
complete -c secure-api -f -a '(__secure_api_complete)'
`;

/** The script that a shell reads once, such as at its start. It holds no command or option: it asks the command for them. */
export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
