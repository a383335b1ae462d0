/** What a shell has to be told once, so that it asks the program what can stand next. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The script of a shell. A word of the answer is never run or unfolded: it holds nothing that a shell would obey. */
export const shellScript = (shell: Shell): string => {
  switch (shell) {
    case 'bash':
      return bash;
    case 'zsh':
      return zsh;
    case 'fish':
      return fish;
  }
};

const bash = `# source <(throughline completion bash)
_throughline() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _throughline throughline
`;

const zsh = `#compdef throughline
# source <(throughline completion zsh)
_throughline() {
  local -a found
  found=("\${(@f)$("\${words[1]}" complete --about -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=("\${(@)found:#}")
  if (( \${#found} )); then _describe throughline found; else _files; fi
}
compdef _throughline throughline
`;

const fish = `# throughline completion fish | source
complete -c throughline -a '(throughline complete --about -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null | string replace : \\t)'
`;
