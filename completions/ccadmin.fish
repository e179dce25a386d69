# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_ccadmin_global_optspecs
    string join \n config= database= o/output= q/quiet v/verbose no-input color= h/help V/version
end

function __fish_ccadmin_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_ccadmin_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_ccadmin_using_subcommand
    set -l cmd (__fish_ccadmin_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c ccadmin -n "__fish_ccadmin_needs_command" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_needs_command" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_needs_command" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_needs_command" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -s V -l version -d 'Print version'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "user" -d 'Administer users'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "assign-project" -d 'Assign a user to projects'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "unassign-project" -d 'Take a user out of projects'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "set-weight" -d 'Set the weight of a user in a project'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "passwd" -d 'Change your own password, or set somebody\'s'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "project" -d 'Administer projects'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "team" -d 'Administer teams'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "skill" -d 'Administer skills'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "login" -d 'Open a session'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "logout" -d 'End the session'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "whoami" -d 'Show who you are and what you may do'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "authenticate" -d 'Check a user\'s password for a client program; nothing is opened'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "audit" -d 'Look at the audit log'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "store" -d 'Administer the store'
complete -c ccadmin -n "__fish_ccadmin_needs_command" -f -a "completions" -d 'Print the completions for a shell'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -f -a "create" -d 'Create a user'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -f -a "list" -d 'List users'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -f -a "show" -d 'Show a user'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -f -a "update" -d 'Change a user\'s data sheet'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -f -a "deactivate" -d 'Deactivate users'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -f -a "activate" -d 'Activate users'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -f -a "unlock" -d 'Forgive failed sign-ins'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -f -a "rename" -d 'Rename a user'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -f -a "delete" -d 'Delete users'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -f -a "photo" -d 'Set, get or remove a user\'s photo'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and not __fish_seen_subcommand_from create list show update deactivate activate unlock rename delete photo export" -f -a "export" -d 'Write users to a file or to stdout, for `ccadmin user import`'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l name -d 'Full name' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l email -d 'E-mail address' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l phone -d 'Phone number with its country code: +36201234567' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l role -d 'Role: agent, requester, supervisor, admin, external-agent (can be repeated)' -r -f -a "admin\t''
agent\t''
external-agent\t''
requester\t''
supervisor\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l team -d 'Team (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l skill -d 'Skill, with a level from 1 to 5 [default level: 1] (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l project -d 'Project to take calls from, with a weight (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l language -d 'Language: hu, en-GB (BCP 47)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l project-selection -d 'Whether the user chooses which projects to enter [default: on]' -r -f -a "on\t''
off\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l like -d 'Take over this user\'s roles, teams, skills, projects with weights, language and project selection; an option given beside it replaces that whole list' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l password-fd -d 'Read the password from the descriptor N, one line' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l expires -d 'Until when it works: a duration such as 14d, or a date [default: the settings\' 7d]' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l hand-out -d 'Hand it to its user: send it by email or sms, or write a card to print=FILE.txt or print=FILE.html (never over an existing file)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l inactive -d 'Create the user inactive'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l if-not-exists -d 'Take it as done where the user exists already'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -s i -l interactive -d 'Ask for the optional fields too'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l password-stdin -d 'Read the password from stdin, one line'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l generate-password -d 'Make a password and show it once'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -l permanent-password -d 'Let it stay: its user need not change it'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l state -d 'Only users in this state' -r -f -a "active\t''
inactive\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l role -d 'Only users with this role (can be repeated)' -r -f -a "admin\t''
agent\t''
external-agent\t''
requester\t''
supervisor\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l project -d 'Only users in this project (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l team -d 'Only users in this team (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l skill -d 'Only users with this skill, at this level or above (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l language -d 'Only users with this language; `en` finds `en-GB` too' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l search -d 'Only users whose username, name, e-mail or phone holds this; case and accents do not count' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l missing -d 'Only users without this: email, phone, team, language, skill, project (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l password -d 'Only users whose password is this' -r -f -a "temporary\t''
permanent\t''
expired\t''
none\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l password-set-by -d 'Only users whose password was set by this user (or os:LOGIN)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l created-since -d 'Only users created at this time or later: 7d (ago), 2026-11-21, or RFC 3339' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l created-before -d 'Only users created before this time' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l sort -d 'Sort by this' -r -f -a "username\t''
name\t''
created\t''
last-sign-in\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l limit -d 'Show at most N users' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns, separated by commas' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l field -d 'Show the bare values of one column, one a line' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l locked -d 'Only users whose sign-ins are turned away after too many failures'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l never-signed-in -d 'Only users who never signed in'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l reverse -d 'Turn the order round'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -l count -d 'Show the number alone'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from show" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from show" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from show" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l name -d 'Full name' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l email -d 'E-mail address' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l phone -d 'Phone number with its country code: +36201234567' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l add-role -d 'Role to grant (can be repeated)' -r -f -a "admin\t''
agent\t''
external-agent\t''
requester\t''
supervisor\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l remove-role -d 'Role to take away (can be repeated)' -r -f -a "admin\t''
agent\t''
external-agent\t''
requester\t''
supervisor\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l add-team -d 'Team to join (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l remove-team -d 'Team to leave (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l add-skill -d 'Skill to add, or whose level to set (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l remove-skill -d 'Skill to take away (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l language -d 'Language: hu, en-GB (BCP 47)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l project-selection -d 'Whether the user chooses which projects to enter' -r -f -a "on\t''
off\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l clear -d 'Empty these fields, separated by commas' -r -f -a "email\t''
phone\t''
language\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l password-fd -d 'Read the password from the descriptor N, one line' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l expires -d 'Until when it works: a duration such as 14d, or a date [default: the settings\' 7d]' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l hand-out -d 'Hand it to its user: send it by email or sms, or write a card to print=FILE.txt or print=FILE.html (never over an existing file)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l unassign -d 'Take the user out of all projects, where the last role that takes calls goes'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l password-stdin -d 'Read the password from stdin, one line'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l generate-password -d 'Make a password and show it once'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l permanent-password -d 'Let it stay: its user need not change it'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -l keep-password -d 'Let the password be, even where supervisor or admin is granted'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from deactivate" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from deactivate" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from deactivate" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from deactivate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from deactivate" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from deactivate" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from deactivate" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from deactivate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from activate" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from activate" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from activate" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from activate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from activate" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from activate" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from activate" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from activate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from unlock" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from unlock" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from unlock" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from unlock" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from unlock" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from unlock" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from unlock" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from unlock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from rename" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from rename" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from rename" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from rename" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from rename" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from rename" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from rename" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from delete" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from delete" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from delete" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from delete" -l yes -d 'Do not ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from photo" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from photo" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from photo" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from photo" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from photo" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from photo" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from photo" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from photo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from photo" -f -a "set" -d 'Give a user a photo, in place of the one that is there'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from photo" -f -a "get" -d 'Write a user\'s photo to a file or to stdout'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from photo" -f -a "remove" -d 'Take a user\'s photo away'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l state -d 'Only users in this state' -r -f -a "active\t''
inactive\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l role -d 'Only users with this role (can be repeated)' -r -f -a "admin\t''
agent\t''
external-agent\t''
requester\t''
supervisor\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l project -d 'Only users in this project (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l team -d 'Only users in this team (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l skill -d 'Only users with this skill, at this level or above (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l language -d 'Only users with this language; `en` finds `en-GB` too' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l search -d 'Only users whose username, name, e-mail or phone holds this; case and accents do not count' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l missing -d 'Only users without this: email, phone, team, language, skill, project (can be repeated)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l password -d 'Only users whose password is this' -r -f -a "temporary\t''
permanent\t''
expired\t''
none\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l password-set-by -d 'Only users whose password was set by this user (or os:LOGIN)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l created-since -d 'Only users created at this time or later: 7d (ago), 2026-11-21, or RFC 3339' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l created-before -d 'Only users created before this time' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l force -d 'Replace FILE where it is there already'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l locked -d 'Only users whose sign-ins are turned away after too many failures'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -l never-signed-in -d 'Only users who never signed in'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand user; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand assign-project" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand assign-project" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand assign-project" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand assign-project" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand assign-project" -l weight -d 'The weight where a project has none behind it' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand assign-project" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand assign-project" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand assign-project" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand assign-project" -l replace -d 'Take the user out of all other projects'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand assign-project" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand unassign-project" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand unassign-project" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand unassign-project" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand unassign-project" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand unassign-project" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand unassign-project" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand unassign-project" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand unassign-project" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand set-weight" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand set-weight" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand set-weight" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand set-weight" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand set-weight" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand set-weight" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand set-weight" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand set-weight" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -l password-fd -d 'Read the password from the descriptor N, one line' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -l expires -d 'Until when it works: a duration such as 14d, or a date [default: the settings\' 7d]' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -l hand-out -d 'Hand it to its user: send it by email or sms, or write a card to print=FILE.txt or print=FILE.html (never over an existing file)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -l own -d 'Change it as that user: the current password is asked for (with --password-stdin, two lines: the current one, then the new one)'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -l expire -d 'Keep the password, force its change at the next sign-in; who is signed in can do nothing else from now on'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -l password-stdin -d 'Read the password from stdin, one line'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -l generate-password -d 'Make a password and show it once'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -l permanent-password -d 'Let it stay: its user need not change it'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand passwd" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -f -a "create" -d 'Create a project'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -f -a "list" -d 'List projects'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -f -a "show" -d 'Show a project and its users'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -f -a "update" -d 'Change a project\'s language or description'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -f -a "rename" -d 'Rename a project; its users stay'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -f -a "deactivate" -d 'Deactivate projects'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -f -a "activate" -d 'Activate projects'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and not __fish_seen_subcommand_from create list show update rename deactivate activate delete" -f -a "delete" -d 'Delete projects'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from create" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from create" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from create" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from create" -l language -d 'The language of its calls: hu, en-GB (BCP 47)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from create" -l description -d 'What it is for' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from create" -l if-not-exists -d 'Take it as done where the project exists already'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from list" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from list" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from list" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns, separated by commas' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from list" -l field -d 'Show the bare values of one column, one a line' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from list" -l count -d 'Show the number alone'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from show" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from show" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from show" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from update" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from update" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from update" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from update" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from update" -l language -d 'The language of its calls: hu, en-GB (BCP 47)' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from update" -l description -d 'What it is for' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from update" -l clear -d 'Empty these fields, separated by commas' -r -f -a "language\t''
description\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from update" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from rename" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from rename" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from rename" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from rename" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from rename" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from rename" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from rename" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from deactivate" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from deactivate" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from deactivate" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from deactivate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from deactivate" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from deactivate" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from deactivate" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from deactivate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from activate" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from activate" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from activate" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from activate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from activate" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from activate" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from activate" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from activate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from delete" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from delete" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from delete" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from delete" -l yes -d 'Delete them even where users are assigned to them, who lose them'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand project; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and not __fish_seen_subcommand_from create list show rename delete" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and not __fish_seen_subcommand_from create list show rename delete" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and not __fish_seen_subcommand_from create list show rename delete" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and not __fish_seen_subcommand_from create list show rename delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and not __fish_seen_subcommand_from create list show rename delete" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and not __fish_seen_subcommand_from create list show rename delete" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and not __fish_seen_subcommand_from create list show rename delete" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and not __fish_seen_subcommand_from create list show rename delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and not __fish_seen_subcommand_from create list show rename delete" -f -a "create" -d 'Create a team'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and not __fish_seen_subcommand_from create list show rename delete" -f -a "list" -d 'List teams'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and not __fish_seen_subcommand_from create list show rename delete" -f -a "show" -d 'Show a team'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and not __fish_seen_subcommand_from create list show rename delete" -f -a "rename" -d 'Rename a team; its users stay'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and not __fish_seen_subcommand_from create list show rename delete" -f -a "delete" -d 'Delete teams'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from create" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from create" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from create" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from create" -l if-not-exists -d 'Take it as done where it exists already'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from list" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from list" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from list" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns, separated by commas' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from list" -l field -d 'Show the bare values of one column, one a line' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from list" -l count -d 'Show the number alone'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from show" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from show" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from show" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from rename" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from rename" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from rename" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from rename" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from rename" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from rename" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from rename" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from delete" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from delete" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from delete" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from delete" -l yes -d 'Delete them even where users have them, who lose them'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand team; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and not __fish_seen_subcommand_from create list show rename delete" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and not __fish_seen_subcommand_from create list show rename delete" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and not __fish_seen_subcommand_from create list show rename delete" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and not __fish_seen_subcommand_from create list show rename delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and not __fish_seen_subcommand_from create list show rename delete" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and not __fish_seen_subcommand_from create list show rename delete" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and not __fish_seen_subcommand_from create list show rename delete" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and not __fish_seen_subcommand_from create list show rename delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and not __fish_seen_subcommand_from create list show rename delete" -f -a "create" -d 'Create a skill'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and not __fish_seen_subcommand_from create list show rename delete" -f -a "list" -d 'List skills'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and not __fish_seen_subcommand_from create list show rename delete" -f -a "show" -d 'Show a skill'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and not __fish_seen_subcommand_from create list show rename delete" -f -a "rename" -d 'Rename a skill; its users stay'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and not __fish_seen_subcommand_from create list show rename delete" -f -a "delete" -d 'Delete skills'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from create" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from create" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from create" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from create" -l if-not-exists -d 'Take it as done where it exists already'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from list" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from list" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from list" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns, separated by commas' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from list" -l field -d 'Show the bare values of one column, one a line' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from list" -l count -d 'Show the number alone'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from show" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from show" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from show" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from rename" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from rename" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from rename" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from rename" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from rename" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from rename" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from rename" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from delete" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from delete" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from delete" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from delete" -l yes -d 'Delete them even where users have them, who lose them'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand skill; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand login" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand login" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand login" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand login" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand login" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand login" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand login" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand login" -l password-stdin -d 'Read the password from stdin, one line; where the site wants a second factor, the code is the next line'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand login" -l print -d 'Print the session\'s token instead of keeping it in a file'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand logout" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand logout" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand logout" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand logout" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand logout" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand logout" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand logout" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand logout" -l all -d 'End all sessions of the user, on every terminal'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand whoami" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand whoami" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand whoami" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand whoami" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand whoami" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand whoami" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand whoami" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand authenticate" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand authenticate" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand authenticate" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand authenticate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand authenticate" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand authenticate" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand authenticate" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand authenticate" -l password-stdin -d 'Read the password from stdin, one line; where the site wants a second factor, the code is the next line'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand authenticate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -f -a "list" -d 'List audit entries, newest first'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -f -a "verify" -d 'Check that nobody changed the audit log'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -l user -d 'Only entries about this user, through all renames' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -l actor -d 'Only entries by this actor: a username, or os:LOGIN' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -l action -d 'Only entries of this action: user.create, password.reset, sign-in ...' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -l since -d 'Only entries at this time or later: 7d (ago), 2026-11-21, or RFC 3339' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -l until -d 'Only entries before this time' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -l limit -d 'Show at most N entries' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns, separated by commas' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -l field -d 'Show the bare values of one column, one a line' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -l count -d 'Show the number alone'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from verify" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from verify" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from verify" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from verify" -l head -d 'The hash of an entry that has to be in the log' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand audit; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -f -a "init" -d 'Make a store where `--database`, the environment or the config say'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -f -a "info" -d 'Show where the store is, what it holds, and every setting in force with where it comes from'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -f -a "check" -d 'Look for what is wrong with the store and with the way it is installed'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -f -a "upgrade" -d 'Upgrade a store that an older version has made'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -f -a "backup" -d 'Copy the store into a new file, while others go on working'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and not __fish_seen_subcommand_from init info check upgrade backup restore" -f -a "restore" -d 'Put a backup in the place of the store'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from init" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from init" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from init" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from init" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from init" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from info" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from info" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from info" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from info" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from info" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from info" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from info" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from info" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from check" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from check" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from check" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from check" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from check" -l columns -d 'Show these columns, separated by commas' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from check" -l field -d 'Show the bare values of one column, one a line' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from check" -l count -d 'Show the number alone'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from upgrade" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from upgrade" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from upgrade" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from upgrade" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from upgrade" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from upgrade" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from upgrade" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from upgrade" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from backup" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from backup" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from backup" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from backup" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from backup" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from backup" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from backup" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from backup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from restore" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from restore" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from restore" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from restore" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from restore" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from restore" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from restore" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from restore" -l yes -d 'Do not ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand store; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand completions" -l config -d 'Read the settings from FILE' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand completions" -l database -d 'Use this store: a path or sqlite:PATH' -r
complete -c ccadmin -n "__fish_ccadmin_using_subcommand completions" -s o -l output -d 'Print in this form: table, json, jsonl, csv' -r -f -a "table\t''
json\t''
jsonl\t''
csv\t''"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c ccadmin -n "__fish_ccadmin_using_subcommand completions" -s q -l quiet -d 'Say nothing but errors and warnings'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand completions" -s v -l verbose -d 'Say which store is used and who is acting'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand completions" -l no-input -d 'Never ask'
complete -c ccadmin -n "__fish_ccadmin_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
