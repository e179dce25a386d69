//! Settings that are refused, and the whole of what is said about each.

use super::*;

/// Each file, and the whole of what is said about it.
const REFUSED: &[(&str, &str)] = &[
    // Names.
    (
        "\n[password]\nmin_lenght = 20\n",
        "config.toml:3: unknown key `password.min_lenght`\ndid you mean `password.min_length`?",
    ),
    (
        "password.min_lenght = 20",
        "config.toml:1: unknown key `password.min_lenght`\ndid you mean `password.min_length`?",
    ),
    (
        "output = 'json'\npassword = {\n  iterations = 2,\n  min_lenght = 20 }",
        "config.toml:4: unknown key `password.min_lenght`\ndid you mean `password.min_length`?",
    ),
    (
        "# top\nmin_length = 20\n",
        "config.toml:2: unknown key `min_length`\ndid you mean `password.min_length`?",
    ),
    (
        "[password]\nlock = '5m'\n",
        "config.toml:2: unknown key `password.lock`\ndid you mean `sign_in.lock`?",
    ),
    (
        "[two_factor]\nttl = '5m'\n",
        "config.toml:2: unknown key `two_factor.ttl`\ndid you mean `two_factor.code_ttl`?",
    ),
    (
        "\"password.min_length\" = 20\n",
        "config.toml:1: unknown key `\"password.min_length\"`\ndid you mean `password.min_length`?",
    ),
    ("ouput = 'json'", "config.toml:1: unknown key `ouput`\ndid you mean `output`?"),
    (
        "[sign-in]\nlock = '5m'\n",
        "config.toml:1: unknown section `sign-in`\ndid you mean `sign_in`?",
    ),
    (
        "output = 'json'\npasswords.min_length = 20\n",
        "config.toml:2: unknown section `passwords`\ndid you mean `password`?",
    ),
    ("[deliver.smss]\ncommand = []\n", "config.toml:1: unknown key `deliver.smss`"),
    (
        "[deliver]\nsms = [\"/bin/sms\"]\n",
        "config.toml:2: `deliver.sms` is a section, this is a list\n\
         write its settings under `[deliver.sms]`",
    ),
    (
        "deliver = 1\n",
        "config.toml:1: `deliver` is a section, this is a whole number\n\
         write its settings under `[deliver]`",
    ),
    (
        "[deliver.sms]\ncommand = \"/bin/sms {to}\"\n",
        "config.toml:2: `deliver.sms.command` takes a list: the absolute path of a program, then \
         its arguments, this is a string",
    ),
    (
        "[deliver.sms]\ncommand = [\"sms\", \"{to}\"]\n",
        "config.toml:2: `deliver.sms.command` takes the absolute path of a program first, this is \
         `sms`\nneither a shell nor PATH is used: write it like \"/usr/sbin/sendmail\"",
    ),
    (
        "[deliver.email]\ncommand = [\"/bin/mail\",\n \"--to={to}\"]\n",
        "config.toml:3: `deliver.email.command` takes {to} as an argument of its own, this is \
         `--to={to}`\nwrite it as \"{to}\", after \"--\" if the program knows that",
    ),
    (
        "[deliver.email]\ncommand = [\"/bin/mail\", \"-t\"]\n",
        "config.toml:2: `deliver.email.command` takes {to} among the arguments, this is a list \
         without it\nit stands for the address; the message is given to the program as its input",
    ),
    (
        "[hand_out]\ntemplates.magyar_nyelv = \"hu.txt\"\n",
        "config.toml:2: `hand_out.templates` takes languages like hu or en-GB (BCP 47), this is \
         `magyar_nyelv`",
    ),
    (
        "[hand_out.templates]\nen-gb = \"a\"\nen-GB = \"b\"\n",
        "config.toml:3: `hand_out.templates` has the language `en-GB` twice",
    ),
    (
        "[import.columns]\n\"Név\" = \"ful_name\"\n",
        "config.toml:2: `import.columns` takes a field, this is `ful_name`\ndid you mean `full_name`?",
    ),
    (
        "[import]\ncolumns = [\"Név\"]\n",
        "config.toml:2: `import.columns` takes columns and fields, such as \"Név\" = \"full_name\", \
         this is a list",
    ),
    (
        "[hand_out]\ntemplates.hu = \"\"\n",
        "config.toml:2: `hand_out.templates` takes the path of a file, this is empty",
    ),
    ("[password.more]\nx = 1\n", "config.toml:1: unknown key `password.more`"),
    ("\"\" = 1", "config.toml:1: unknown key `\"\"`"),
    ("\"a\\u202e\\n\" = 1", "config.toml:1: unknown key `\"a\\u{202e}\\n\"`"),
    (
        "password = 8\n",
        "config.toml:1: `password` is a section, this is a whole number\n\
         write its settings under `[password]`",
    ),
    (
        "[[password]]\nmin_length = 8\n",
        "config.toml:1: `password` is a section, this is a list\n\
         write its settings under `[password]`",
    ),
    // Types.
    (
        "[password]\n\nmin_length = \"20\"\n",
        "config.toml:3: `password.min_length` takes a whole number, this is a string",
    ),
    (
        "password.iterations = 2.0",
        "config.toml:1: `password.iterations` takes a whole number, this is a decimal number",
    ),
    (
        "two_factor.required = 'yes'",
        "config.toml:1: `two_factor.required` takes true or false, this is a string",
    ),
    (
        "[output]\nform = 'json'\n",
        "config.toml:1: `output` takes table, json, jsonl, csv, this is a table",
    ),
    (
        "sign_in.lock = 900",
        "config.toml:1: `sign_in.lock` takes a duration such as \"30s\", \"15m\", \"12h\" or \
         \"7d\", this is a whole number",
    ),
    ("user.require = 'email'", "config.toml:1: `user.require` takes a list, this is a string"),
    (
        "[sign_in]\ntrusted_callers = [\n  'www-data',\n  1001,\n]\n",
        "config.toml:4: `sign_in.trusted_callers` takes names or numeric ids of OS accounts, as \
         strings, this is a whole number",
    ),
    // Bounds.
    (
        "password.min_length = 7",
        "config.toml:1: `password.min_length` takes a whole number from 8 to 256, this is `7`\n\
         NIST SP 800-63B-4 allows no minimum below 8 characters",
    ),
    (
        "password.min_length = 257",
        "config.toml:1: `password.min_length` takes a whole number from 8 to 256, this is `257`",
    ),
    (
        "password.parallelism = 99999999999999999999",
        "config.toml:1: `password.parallelism` takes a whole number from 1 to 16, this is \
         `99999999999999999999`",
    ),
    (
        "sign_in.max_failures = -1",
        "config.toml:1: `sign_in.max_failures` takes a whole number from 0 to 1000, this is `-1`",
    ),
    (
        "sign_in.lock = '0s'",
        "config.toml:1: `sign_in.lock` takes a duration above 0s, this is `0s`",
    ),
    (
        "store.busy_timeout = '61m'",
        "config.toml:1: `store.busy_timeout` takes a duration from 0s to 1h, this is `61m`",
    ),
    (
        "two_factor.code_ttl = '5 min'",
        "config.toml:1: `two_factor.code_ttl` takes a duration, this is `5 min`\n\
         write a whole number and a unit: 30s, 15m, 12h or 7d, a hundred years at most",
    ),
    ("output = 'yaml'", "config.toml:1: `output` takes table, json, jsonl, csv, this is `yaml`"),
    (
        "output = 'JSON'",
        "config.toml:1: `output` takes table, json, jsonl, csv, this is `JSON`\n\
         did you mean `json`?",
    ),
    (
        "[user]\nrequire = ['phone',\n 'emial']",
        "config.toml:3: `user.require` takes email, phone, team, language, skill, project, this \
         is `emial`\ndid you mean `email`?",
    ),
    (
        "access.create_users = ['admin', 'agent']",
        "config.toml:1: `access.create_users` takes admin, supervisor, this is `agent`",
    ),
    (
        "access.create_users = []",
        "config.toml:1: `access.create_users` takes admin, supervisor, this is an empty list\n\
         write [\"admin\"] where only admins create users",
    ),
    (
        "sign_in.trusted_callers = ['4294967295']",
        "config.toml:1: `sign_in.trusted_callers` takes names or numeric ids of OS accounts, as \
         strings, this is `4294967295`",
    ),
    (
        "phone.default_region = 'XX'",
        "config.toml:1: `phone.default_region` takes the two letters of a region, such as \
         \"HU\", this is `XX`",
    ),
    ("database = ''", "config.toml:1: `database` takes a path or `sqlite:PATH`, this is empty"),
    (
        "weights.min = 0",
        "config.toml:1: `weights.min` takes a whole number from 1 to 10000, this is `0`",
    ),
    // Several settings together: the last of them that is set is named.
    (
        "[weights]\nmin = 50\ndefault = 45\nmax = 40\n",
        "config.toml:4: `weights.min` 50 is above `weights.max` 40\n\
         `weights.min`, `weights.default`, `weights.max` have to be in ascending order",
    ),
    (
        "[weights]\nmax = 5\n",
        "config.toml:2: `weights.default` 10 is above `weights.max` 5\n\
         `weights.min`, `weights.default`, `weights.max` have to be in ascending order",
    ),
    (
        "\npassword.iterations = 1\n",
        "config.toml:2: `password.memory_kib` 19456 with `password.iterations` 1 is too weak \
         (OWASP Password Storage Cheat Sheet)\n\
         with `password.iterations` 1, `password.memory_kib` has to be at least 47104",
    ),
    // TOML itself.
    (
        "output = 'json'\n[password]\niterations = 2\niterations = 2\n",
        "config.toml:4: `iterations` is set a second time",
    ),
    ("[user]\n[password]\n[user]\n", "config.toml:3: `user` is set a second time"),
    (
        "\n\nsign_in.lock = 15m\n",
        "config.toml:3: string values must be quoted, expected literal string",
    ),
    ("output = 'json'\n[password\n", "config.toml:2: unclosed table, expected `]`"),
    ("database = '", "config.toml:1: invalid literal string, expected `'`"),
    ("password: 1\n", "config.toml:1: key with no value, expected `=`"),
    // The first by line.
    (
        "output = 1\nnonsense = 1\n",
        "config.toml:1: `output` takes table, json, jsonl, csv, this is a whole number",
    ),
    ("nonsense = 1\noutput = 1\n", "config.toml:1: unknown key `nonsense`"),
];

#[test]
fn what_is_wrong_is_said_with_its_line() {
    for (text, expected) in REFUSED {
        assert_eq!(refusal(text), *expected, "{text}");
    }
}
