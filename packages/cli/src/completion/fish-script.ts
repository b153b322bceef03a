/** Asks `tsbuild __complete` for the word at the cursor. */
export const FISH_SCRIPT = `function __tsbuild_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answer ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    test (count $answer) -gt 0; or return
    for line in $answer[1..-2]
        echo $line
    end
    set -l prefix (string match -r '^--[^=]*=' -- "$current")
    set -l path (string replace -r '^--[^=]*=' '' -- "$current")
    switch $answer[-1]
        case :files
            for found in (__fish_complete_path "$path")
                echo "$prefix$found"
            end
        case :folders
            for found in (__fish_complete_directories "$path" '')
                echo "$prefix$found"
            end
    end
end
complete -c tsbuild -f -a '(__tsbuild_complete)'
`;
