/** Asks `tsbuild __complete` for the word at the cursor. */
export const BASH_SCRIPT = `# Bash splits words at = and :, which are put together again.
_tsbuild() {
  local current=\${COMP_WORDS[COMP_CWORD]} word glue= kind prefix
  local words=() answer=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ \${#words[@]} -gt 0 && ( -n $glue || $word == [=:]* ) ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
    [[ $word == *[=:] ]] && glue=1 || glue=
  done
  mapfile -t answer < <("\${COMP_WORDS[0]}" __complete -- "\${words[@]//\\\\/}" 2>/dev/null)
  COMPREPLY=()
  [[ \${#answer[@]} -gt 0 ]] || return
  kind=\${answer[-1]}
  unset 'answer[-1]'
  [[ $current == [=:] ]] && current=
  prefix=\${words[-1]%"$current"}
  for word in "\${answer[@]}"; do
    word=\${word%%$'\\t'*}
    COMPREPLY+=("\${word#"$prefix"}")
  done
  case $kind in
    :files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    :folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
  esac
}
complete -F _tsbuild tsbuild
`;
