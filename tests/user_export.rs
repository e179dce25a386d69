//! `ccadmin user export`.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::process::Command;

use insta::assert_snapshot;

use crate::common::{TestEnv, skipped};

/// People who differ in everything that is exported, created neither by name nor by state.
fn staff() -> TestEnv {
    let env = TestEnv::with_places();
    for line in [
        "user create zoe --name 'Zoë Ågren' --role agent --role requester --team voice --team chat \
         --skill returns:2 --skill billing:5 --language sv --email zoe@example.com \
         --phone +46701234567 --project hu-support:20 --project en-support --generate-password",
        "user create adam --name 'Adam, \"Ad\" Bold' --role supervisor --inactive \
         --project-selection off --generate-password",
        "user create Zoe --name '=HYPERLINK(1)' --role external-agent --language en-GB \
         --project en-support:100 --generate-password",
    ] {
        env.run(line).success();
    }
    env
}

#[test]
fn csv_is_what_an_import_reads_in_order_of_creation() {
    assert_snapshot!(staff().run("user export"), @r#"
    username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until
    zoe,Zoë Ågren,zoe@example.com,+46701234567,active,agent;requester,chat;voice,billing:5;returns:2,sv,true,en-support:10;hu-support:20,,
    adam,"Adam, ""Ad"" Bold",,,inactive,supervisor,,,,false,,,
    Zoe,'=HYPERLINK(1),,,active,external-agent,,,en-GB,true,en-support:100,,
    [exit status: 0]
    "#);
}

#[test]
fn jsonl_is_the_users_shape() {
    let env = staff();
    let lines = env.run("user export -o jsonl");
    assert_eq!(lines.stdout, env.run("user list --sort created -o jsonl").stdout);
    let lines: Vec<serde_json::Value> =
        lines.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(env.run("user export -o json").json(), serde_json::Value::from(lines));
}

#[test]
fn nobody_at_all() {
    let env = TestEnv::with_places();
    assert_snapshot!(env.run("user export"), @"
    username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user export -o json"), @"
    []
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user export -o jsonl"), @"[exit status: 0]");
}

#[test]
fn the_filters_are_those_of_list() {
    let env = staff();
    for filters in [
        "--state active",
        "--state inactive",
        "--role agent --role supervisor",
        "--project en-support",
        "--team voice --skill billing:4",
        "--language en",
        "--search ZO",
        "--missing email",
        "--password temporary --never-signed-in",
        "--created-since 2026-11-21 --created-before 2026-11-22",
    ] {
        let listed = env.run(&*format!("user list -o csv --sort created {filters}"));
        let exported = env.run(&*format!("user export {filters}"));
        listed.success();
        assert!(listed.stdout.lines().count() > 1, "{filters}");
        assert_eq!(exported.to_string(), listed.to_string(), "{filters}");
    }
    assert_snapshot!(env.run("user export --project hu-suport"), @"
    --- stderr ---
    error: there is no project `hu-suport`
    hint: did you mean `hu-support`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user export --limit 2"), @"
    --- stderr ---
    error: unexpected argument '--limit' found
    hint: usage: ccadmin user export [OPTIONS] [FILE|-]
    [exit status: 2]
    ");
}

#[test]
fn a_file_is_for_its_owner_alone_and_replaced_only_when_told_to() {
    let env = staff();
    let path = env.path("users.csv");
    assert_snapshot!(env.run("user export users.csv"), @"
    --- stderr ---
    exported 3 users to users.csv
    [exit status: 0]
    ");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(fs::read_to_string(&path).unwrap(), env.run("user export").stdout);

    fs::write(&path, "mine").unwrap();
    assert_snapshot!(env.run("user export users.csv"), @"
    --- stderr ---
    error: users.csv already exists
    hint: `--force` replaces it
    [exit status: 4]
    ");
    assert_snapshot!(env.run("user export users.csv -o json"), @r#"
    --- stderr ---
    {"error":{"code":"file-exists","message":"users.csv already exists","hint":"`--force` replaces it"}}
    [exit status: 4]
    "#);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");

    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    assert_snapshot!(env.run("user export users.csv --force --role supervisor"), @"
    --- stderr ---
    exported 1 user to users.csv
    [exit status: 0]
    ");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
    let quiet = env.run("user export other.csv -q");
    assert_snapshot!(quiet, @"[exit status: 0]");
}

/// What fails, or is forbidden, leaves no file behind, whole or half.
#[test]
fn nothing_is_left_of_what_failed() {
    let env = staff();
    let before = names(&env);
    assert_snapshot!(env.run("user export --team nobody users.csv"), @"
    --- stderr ---
    error: there is no team `nobody`
    hint: `ccadmin team list` shows those that exist
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user export no/where.csv"), @"
    --- stderr ---
    error: no/where.csv cannot be written: No such file or directory (os error 2)
    hint: name a file in a folder that you can write to, with enough space
    [exit status: 1]
    ");
    assert_snapshot!(env.run("user export . --force"), @"
    --- stderr ---
    error: . exists and is not a regular file: it is left unchanged
    hint: name a file, or `-` for stdout
    [exit status: 4]
    ");
    assert_snapshot!(env.run("user export /dev/null --force"), @"
    --- stderr ---
    error: /dev/null exists and is not a regular file: it is left unchanged
    hint: name a file, or `-` for stdout
    [exit status: 4]
    ");
    assert_snapshot!(env.run("user export .local/share/ccadmin/ccadmin.db --force"), @"
    --- stderr ---
    error: `.db` says nothing about what the file is to hold
    hint: call it .xlsx, .csv, .json or .jsonl, or say it with -o
    [exit status: 2]
    ");
    symlink(env.store(), env.path("link")).unwrap();
    assert_eq!(env.run("user export link --force").status, Some(4));
    fs::remove_file(env.path("link")).unwrap();
    let full = env.sh("ulimit -f 0; $ccadmin user export users.csv").output();
    assert_eq!(full.status, Some(1), "{full}");
    assert_eq!(names(&env), before);
    env.run("user list").success();

    for form in ["csv", "json", "jsonl", "xlsx"] {
        let full = env.sh(&format!("$ccadmin user export -o {form} >/dev/full")).output();
        assert_eq!(full.status, Some(1), "{form}: {full}");
    }
}

/// R47: a workbook is written at the end, when all that is left of it may be in memory.
#[test]
fn a_full_disk_leaves_the_file_that_is_there() {
    let env = staff();
    let files = ["users.xlsx", "users.csv", "template.xlsx"];
    let commands = "write() {
            case $1 in
                template.xlsx) $ccadmin user import --template disk/$1 --force ;;
                *) $ccadmin user export disk/$1 --force ;;
            esac
        }
        mkdir disk && mount -t tmpfs -o size=256k none disk || exit 99
        for file in users.xlsx users.csv template.xlsx; do
            write $file || exit 98
            cp disk/$file before
            dd if=/dev/zero of=disk/filler bs=1k
            write $file
            echo $file $? $(cmp disk/$file before && echo kept)
            rm disk/filler
        done 2>/dev/null
        ls disk";
    let output = env.sh(&format!("unshare -m sh -c '{commands}'")).output();
    if output.status == Some(99) || output.stderr.starts_with("unshare") {
        return skipped("a disk is mounted by root alone");
    }
    let lines: Vec<&str> = output.stdout.lines().collect();
    let told: Vec<String> = files.iter().map(|file| format!("{file} 1 kept")).collect();
    assert_eq!(lines[..3], told, "{output}");
    assert_eq!(lines[3..], ["template.xlsx", "users.csv", "users.xlsx"], "{output}");
}

/// R31: a file that is replaced is the old one, whole, until the new one is.
#[test]
fn a_file_that_cannot_be_replaced_stays_as_it_was() {
    let env = staff();
    env.write("users.csv", "mine");
    let before = names(&env);
    for form in ["csv", "json", "jsonl"] {
        let line = format!("ulimit -f 0; $ccadmin user export users.csv --force -o {form}");
        let output = env.sh(&line).output();
        assert_eq!(output.status, Some(1), "{form}: {output}");
        assert_eq!(fs::read_to_string(env.path("users.csv")).unwrap(), "mine", "{form}");
        assert_eq!(names(&env), before, "{form}");
    }
}

/// R31: what is in the file is on the disk before it has its name, and the name before the command
/// ends.
#[test]
fn a_file_is_synced_before_it_has_its_name_and_its_folder_afterwards() {
    if Command::new("strace").arg("-V").output().is_err() {
        return skipped("calls are watched by strace, which is not here");
    }
    let env = staff();
    for line in ["user export users.csv", "user export users.csv --force", "store backup copy.db"] {
        let calls = "trace=fsync,fdatasync,linkat,rename,renameat,renameat2";
        let output = env.sh(&format!("strace -f -y -o trace -e {calls} $ccadmin {line}")).output();
        output.success();
        let trace = fs::read_to_string(env.path("trace")).unwrap();
        let file = line.split(' ').nth(2).unwrap();
        let named = |call: &str| {
            (call.contains("link") || call.contains("rename"))
                && call.contains(&format!("{file}\""))
        };
        let synced = |call: &str, path: &str| {
            call.contains("sync(") && call.contains(&format!("<{path}")) && call.ends_with("= 0")
        };
        let home = env.home().canonicalize().unwrap();
        let home = home.display();
        let calls: Vec<&str> = trace.lines().collect();
        let name = calls.iter().position(|call| named(call)).unwrap();
        let inside = |call: &&str| synced(call, &format!("{home}/"));
        assert!(calls[..name].iter().any(inside), "{line}: {trace}");
        let folder = |call: &&str| synced(call, &format!("{home}>"));
        assert!(calls[name..].iter().any(folder), "{line}: {trace}");
    }
}

fn names(env: &TestEnv) -> Vec<String> {
    let entries = fs::read_dir(env.home()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_form_is_the_options_else_the_files_else_the_settings() {
    let env = staff();
    let first = |file: &str| fs::read(env.path(file)).unwrap()[0];
    for (call, variable, expected) in [
        ("user export a", "", b'u'),
        ("user export b.csv", "json", b'u'),
        ("user export c.json", "", b'['),
        ("user export d.jsonl", "csv", b'{'),
        ("user export e.jsonl -o csv", "", b'u'),
        ("user export f.jsonl -o table", "json", b'u'),
        ("user export g", "jsonl", b'{'),
        ("user export h", "table", b'u'),
    ] {
        env.call(call).env("CCADMIN_OUTPUT", variable).output().success();
        let file = call.split(' ').nth(2).unwrap();
        assert_eq!(first(file), expected, "{call}");
    }
    env.config("output = \"json\"\n");
    assert!(env.run("user export").stdout.starts_with("[\n{"));
    assert!(env.run("user export -o table").stdout.starts_with("username,"));
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let env = staff();
    many(&env, 10, 5_000);
    let script = "{ $ccadmin user export; echo status $? >&2; } | head -n 1";
    assert_snapshot!(env.sh(script).output(), @"
    username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until
    --- stderr ---
    status 0
    [exit status: 0]
    ");
}

/// However many there are: the address space that suffices for 20,000 has to suffice for all. Up to
/// there it grows by 7.5 MiB: a batch of users as large as batches become, or a second thread.
#[test]
fn memory_does_not_grow_with_the_number_of_users() {
    let env = staff();
    let exports = |kib: u32, format: &str| {
        let line = format!("ulimit -v {kib}; $ccadmin user export -o {format} | wc -l");
        env.sh(&line).output().stdout.trim().parse::<u32>().unwrap()
    };
    many(&env, 10, 20_000);
    let whole = |kib: &u32| exports(*kib, "json") == 20_005;
    let enough = (8..200).map(|step| step * 2_048).find(whole).unwrap();
    many(&env, 20_010, 60_000);
    assert_eq!(exports(enough + 1_024, "json"), 80_005);
    assert_eq!(exports(enough + 1_024, "csv"), 80_004);
}

/// More users, each with a long name, behind the rules' back.
fn many(env: &TestEnv, first: u32, count: u32) {
    env.database()
        .execute_batch(&format!(
            "INSERT INTO users (id, username, full_name, state, roles, project_selection, search, \
             created_at, updated_at) WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 \
             FROM n WHERE i < {first} + {count} - 1) SELECT i, 'user' || i, printf('%.*c', 200, 'x'), 1, 1, \
             1, '', 0, 0 FROM n;
             INSERT INTO assignments (user_id, project_id, weight) SELECT id, 1 + id % 2, 1 + id % 100 FROM users WHERE id >= {first};
             INSERT INTO user_skills SELECT id, 1, 2 FROM users WHERE id >= {first};"
        ))
        .unwrap();
}

/// R73: who takes the users away, or the store with all hashes, stands in the audit log.
#[test]
fn taking_users_away_leaves_an_entry() {
    let env = staff();
    env.run("user export out.csv").success();
    env.run("user export --role agent").success();
    env.run("user list -o csv").success();
    env.run("store backup copy.db").success();
    assert_snapshot!(
        env.run("audit list --limit 3 --columns action,actor,subject,after"),
        @r#"
    ACTION        ACTOR    SUBJECT  AFTER
    store.backup  os:<login>  -        {"file":"copy.db","users":3}
    user.export   os:<login>  -        {"file":null,"filtered":true,"users":1}
    user.export   os:<login>  -        {"file":"out.csv","users":3}
    [exit status: 0]
    "#
    );
    // The entry is a part of the copy: nobody has the copy without it.
    let copied = env.run("--database copy.db audit list --action store.backup --count");
    assert_eq!(copied.stdout, "1\n");
    // What cannot be made is not noted.
    assert_eq!(env.run("store backup copy.db").status, Some(4));
    assert_eq!(env.run("audit list --action store.backup --count").stdout, "1\n");
    assert_eq!(env.run("user export out.csv").status, Some(4));
    assert_eq!(env.run("audit list --action user.export --count").stdout, "2\n");
}

/// R74: a formula behind the separator of other countries, or in full-width letters, is none, however
/// the file is opened; and it comes back as it was.
#[test]
fn no_separator_makes_a_formula() {
    let env = TestEnv::with_places();
    let names = ["Eva;=1+1", "a;'@b", "＝1+1", "x;＋36;-y"];
    for (number, name) in names.iter().enumerate() {
        let username = format!("u{number}");
        env.run(&[
            "user",
            "create",
            &username,
            "--name",
            name,
            "--role",
            "agent",
            "--generate-password",
        ])
        .success();
    }
    let csv = env.run("user export").stdout;
    for cell in csv.split([';', ',', '\n', '"']) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{cell} in {csv}");
    }
    env.run("user export all.csv").success();
    let again = env.run("user import all.csv --on-conflict update");
    assert!(again.stderr.contains("0 changed, 4 left unchanged"), "{}", again.stderr);
}
