/** Asks `tsbuild __complete` for the word at the cursor. */
export const ZSH_SCRIPT = `#compdef tsbuild
_tsbuild() {
  local -a answer values lines
  local line
  answer=("\${(@f)$("\${words[1]}" __complete -- "\${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
  for line in "\${(@)answer[1,-2]}"; do
    values+=("\${line%%$'\\t'*}")
    lines+=("\${line/$'\\t'/  }")
  done
  (( $#values )) && compadd -l -d lines -a values
  case \${answer[-1]} in
    :files) compset -P '--*='; _files ;;
    :folders) compset -P '--*='; _files -/ ;;
  esac
}
if [[ \${funcstack[1]} == _tsbuild ]]; then
  _tsbuild
else
  compdef _tsbuild tsbuild
fi
`;
