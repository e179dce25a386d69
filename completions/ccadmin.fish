# Completion of ccadmin for fish: the program itself says what could stand at the cursor.

function __ccadmin_complete
    set -l before (commandline -opc)
    set -l typed (commandline -ct)
    set -l answer (command ccadmin __complete fish $before[2..-1] "$typed" 2>/dev/null)
    if test "$answer[1]" = :files
        __fish_complete_path "$typed"
    else
        printf '%s\n' $answer
    end
end

complete -c ccadmin -f -a '(__ccadmin_complete)'
