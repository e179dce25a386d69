# Completion of ccadmin for bash: the program itself says what could stand at the cursor.

_ccadmin() {
    mapfile -t COMPREPLY < <(
        command ccadmin __complete bash "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null
    )
    if [[ ${COMPREPLY[0]-} == :files ]]; then
        COMPREPLY=()
        compopt -o default -o bashdefault
    elif [[ ${COMPREPLY[*]-} == *= ]]; then
        # The value follows.
        compopt -o nospace 2>/dev/null
    fi
}

complete -F _ccadmin ccadmin
