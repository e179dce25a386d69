# Completion of ccadmin for fish: the program itself says what could stand at the cursor.

function __ccadmin_complete
    set -l before (commandline -opc)
    set -l typed (commandline -ct)
    set -l answer (command ccadmin __complete fish $before[2..-1] "$typed" 2>/dev/null)
    if test "$answer[1]" = :files
        # What stands before the file: --credentials=FILE, print=FILE.
        set -l lead (string match -r '^(?:--[a-z-]+|print)=' -- "$typed")
        set -l file (string sub -s (math 1 + (string length -- "$lead")) -- "$typed")
        __fish_complete_path "$file" | string replace -r -- '^' "$lead"
    else
        printf '%s\n' $answer
    end
end

complete -c ccadmin -f -a '(__ccadmin_complete)'
