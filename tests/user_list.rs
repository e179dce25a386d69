//! `ccadmin user list`: filters, orders, columns.

use insta::assert_snapshot;

use crate::common::{NOW, PASSWORD, TestEnv};

/// Six users who differ in everything that a filter looks at.
fn crowd() -> TestEnv {
    let env = TestEnv::with_places();
    for (days, line) in (0..).zip([
        "user create anna --name 'Nagy Anna' --role agent --team voice --skill billing:1 \
         --language hu --email anna@example.com --phone +36201111111 --project hu-support:20 \
         --generate-password",
        "user create Bea --name 'Kovács Béa' --role agent --role requester --team chat \
         --skill billing:4 --language en-GB --email bea@example.com --project hu-support \
         --project en-support:30 --generate-password",
        "user create carl --name 'Carl Grün' --role external-agent --team voice --team chat \
         --skill returns:2 --language en --phone +4930222222 --project en-support \
         --generate-password --permanent-password",
        "user create dora --name 'Dora Straße' --role supervisor --language enm \
         --generate-password --expires 1d",
        "user create erik --name 'Erik Ødegård' --role requester --inactive --generate-password",
        "user create anna.b --name 'Barna Anna' --role admin --role agent --language EN \
         --generate-password",
    ]) {
        env.call(line).later(days * 86_400).output().success();
    }
    env
}

/// The usernames that a list of the crowd shows on the seventh day.
fn names(env: &TestEnv, options: &str) -> String {
    let line = format!("user list --field username {options}");
    let output = env.call(&*line).later(6 * 86_400).output();
    output.success();
    output.stdout.lines().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_table_is_a_header_and_a_row_a_line() {
    assert_snapshot!(crowd().run("user list"), @"
    USERNAME  FULL NAME     STATE     ROLES             TEAMS        PROJECTS                      PASSWORD
    Bea       Kovács Béa    active    agent, requester  chat         en-support:30, hu-support:10  temporary
    anna      Nagy Anna     active    agent             voice        hu-support:20                 temporary
    anna.b    Barna Anna    active    admin, agent      -            -                             temporary
    carl      Carl Grün     active    external-agent    chat, voice  en-support:10                 permanent
    dora      Dora Straße   active    supervisor        -            -                             temporary
    erik      Erik Ødegård  inactive  requester         -            -                             temporary
    [exit status: 0]
    ");
}

#[test]
fn json_jsonl_and_csv() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user list -o jsonl"), @r#"
    {"username":"eva","full_name":"Kovács Éva","email":null,"phone":null,"state":"active","from":null,"until":null,"roles":["supervisor"],"teams":[],"skills":[],"language":null,"project_selection":true,"projects":[],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    {"username":"james","full_name":"James Carter","email":"james@example.com","phone":"+36201234567","state":"active","from":null,"until":null,"roles":["agent"],"teams":["voice"],"skills":[{"skill":"billing","level":3}],"language":"en-GB","project_selection":true,"projects":[{"project":"en-support","weight":20,"share":0.667,"from":null,"until":null},{"project":"hu-support","weight":10,"share":0.333,"from":null,"until":null}],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("user list -o csv"), @"
    username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until
    eva,Kovács Éva,,,active,supervisor,,,,true,,,
    james,James Carter,james@example.com,+36201234567,active,agent,voice,billing:3,en-GB,true,en-support:20;hu-support:10,,
    [exit status: 0]
    ");
    let array = env.run("user list -o json").json();
    let lines = env.run("user list -o jsonl");
    let lines: Vec<serde_json::Value> =
        lines.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(array, serde_json::Value::from(lines));
}

#[test]
fn an_empty_list() {
    let env = TestEnv::with_places();
    assert_snapshot!(env.run("user list"), @"
    USERNAME  FULL NAME  STATE  ROLES  TEAMS  PROJECTS  PASSWORD
    --- stderr ---
    no users yet: `ccadmin user create` creates the first
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list -o json"), @"
    []
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list -o jsonl"), @"[exit status: 0]");
    assert_snapshot!(env.run("user list -o csv"), @"
    username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list --count"), @"
    0
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list --field username"), @"[exit status: 0]");
}

#[test]
fn columns_field_and_count() {
    let env = crowd();
    assert_snapshot!(
        env.run("user list --columns username,phone,project_selection,created_at --limit 2"), @"
    USERNAME  PHONE         PROJECT SELECTION  CREATED AT (UTC)
    Bea       -             on                 Sun 22 Nov 2026 09:00
    anna      +36201111111  on                 Sat 21 Nov 2026 09:00
    [exit status: 0]
    ");
    assert_snapshot!(
        env.run("user list --columns username,projects,password_set_by -o csv --limit 2"), @"
        username,projects,password_set_by
        Bea,en-support:30;hu-support:10,os:<login>
        anna,hu-support:20,os:<login>
        [exit status: 0]
        ");
    assert_snapshot!(
        env.run("user list --columns username,projects,password_expires_at -o jsonl --limit 2"), @r#"
        {"username":"Bea","projects":[{"project":"en-support","weight":30,"share":0.75,"from":null,"until":null},{"project":"hu-support","weight":10,"share":0.25,"from":null,"until":null}],"password_expires_at":"2026-11-29T09:00:00Z"}
        {"username":"anna","projects":[{"project":"hu-support","weight":20,"share":1.0,"from":null,"until":null}],"password_expires_at":"2026-11-28T09:00:00Z"}
        [exit status: 0]
        "#);
    assert_snapshot!(env.run("user list --field email"), @"
    bea@example.com
    anna@example.com




    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list --field full_name -o json"), @r#"
    [
    "Kovács Béa",
    "Nagy Anna",
    "Barna Anna",
    "Carl Grün",
    "Dora Straße",
    "Erik Ødegård"
    ]
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("user list --field username -o csv --limit 1"), @"
    username
    Bea
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list --count --role agent"), @"
    3
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list --count -o json"), @"
    6
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list --columns username,fullname"), @"
    --- stderr ---
    error: there is no column `fullname`
    hint: did you mean `full_name`? the columns are username, full_name, email, phone, state, roles, teams, skills, language, project_selection, projects, from, until, password, password_set_by, password_changed_at, password_expires_at, locked, locked_until, photo, created_at, updated_at, last_sign_in_at
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user list --field projets -o json"), @r#"
    --- stderr ---
    {"error":{"code":"usage","message":"there is no column `projets`","hint":"did you mean `projects`? the columns are username, full_name, email, phone, state, roles, teams, skills, language, project_selection, projects, from, until, password, password_set_by, password_changed_at, password_expires_at, locked, locked_until, photo, created_at, updated_at, last_sign_in_at"}}
    [exit status: 2]
    "#);
    assert_snapshot!(env.run("user list --field username --count"), @"
    --- stderr ---
    error: the argument '--field <COLUMN>' cannot be used with '--count'
    hint: usage: ccadmin user list --field <COLUMN>
    [exit status: 2]
    ");
}

#[test]
fn filters_by_what_a_user_is() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names(""), @"Bea anna anna.b carl dora erik");
    assert_snapshot!(names("--state active"), @"Bea anna anna.b carl dora");
    assert_snapshot!(names("--state inactive"), @"erik");
    assert_snapshot!(names("--role requester"), @"Bea erik");
    assert_snapshot!(names("--role requester --role SUPERVISOR"), @"Bea dora erik");
    assert_snapshot!(names("--role operator"), @"Bea anna anna.b");
    assert_snapshot!(names("--language en"), @"Bea anna.b carl");
    assert_snapshot!(names("--language en-gb"), @"Bea");
    assert_snapshot!(names("--language hu"), @"anna");
}

#[test]
fn filters_by_places() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--project hu-support"), @"Bea anna");
    assert_snapshot!(names("--project hu-support --project en-support"), @"Bea anna carl");
    assert_snapshot!(names("--team voice"), @"anna carl");
    assert_snapshot!(names("--team voice --team chat"), @"Bea anna carl");
    assert_snapshot!(names("--skill billing"), @"Bea anna");
    assert_snapshot!(names("--skill billing:4"), @"Bea");
    assert_snapshot!(names("--skill billing:5"), @"");
    assert_snapshot!(names("--skill billing:4 --skill returns:2"), @"Bea carl");
}

#[test]
fn searches_without_regard_to_case_and_accents() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--search KOVACS"), @"Bea");
    assert_snapshot!(names("--search bé"), @"Bea");
    assert_snapshot!(names("--search strasse"), @"dora");
    assert_snapshot!(names("--search odegard"), @"erik");
    assert_snapshot!(names("--search ANNA@EXAMPLE"), @"anna");
    assert_snapshot!(names("--search 2222"), @"carl");
    assert_snapshot!(names("--search anna"), @"anna anna.b");
    assert_snapshot!(names("--search a%"), @"");
    assert_snapshot!(names("--search _"), @"");
}

#[test]
fn filters_by_what_is_missing() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--missing email"), @"anna.b carl dora erik");
    assert_snapshot!(names("--missing phone"), @"Bea anna.b dora erik");
    assert_snapshot!(names("--missing team"), @"anna.b dora erik");
    assert_snapshot!(names("--missing skill"), @"anna.b dora erik");
    assert_snapshot!(names("--missing language"), @"erik");
    assert_snapshot!(names("--missing project"), @"anna.b dora erik");
    // Several values of one option: any of them.
    assert_snapshot!(names("--missing email --missing phone"), @"Bea anna.b carl dora erik");
}

#[test]
fn filters_by_the_password() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--password temporary"), @"Bea anna anna.b erik");
    assert_snapshot!(names("--password permanent"), @"carl");
    assert_snapshot!(names("--password expired"), @"dora");
    assert_snapshot!(names("--password none"), @"");
    assert_snapshot!(names("--password-set-by nobody"), @"");
    let setter = env.run("user show anna -o json").json()["password"]["set_by"].to_string();
    assert_snapshot!(names(&format!("--password-set-by {}", setter.trim_matches('"'))), @"Bea anna anna.b carl dora erik");
    env.database()
        .execute("UPDATE users SET last_sign_in_at = 5 WHERE username = 'carl'", [])
        .unwrap();
    assert_snapshot!(names("--never-signed-in"), @"Bea anna anna.b dora erik");
}

#[test]
fn whoever_has_no_password_is_found() {
    let env = TestEnv::with_users();
    env.database()
        .execute(
            "UPDATE users SET password_hash = NULL, password_origin = NULL, password_kind = NULL, \
             password_set_by = NULL, password_changed_at = NULL, password_expires_at = NULL \
             WHERE username = 'eva'",
            [],
        )
        .unwrap();
    assert_eq!(names(&env, "--password none"), "eva");
    assert_snapshot!(env.run("user show eva -o json").part("password"), @r#"{"changed_at":null,"expires_at":null,"set_by":null,"state":"none"}"#);
}

#[test]
fn filters_by_when_they_were_created() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--created-since 3d"), @"anna.b dora erik");
    assert_snapshot!(names("--created-since 2026-11-23"), @"anna.b carl dora erik");
    assert_snapshot!(names("--created-before 2026-11-23"), @"Bea anna");
    assert_snapshot!(names("--created-since 2026-11-22T09:00:00Z --created-before 2026-11-23T10:00:00+01:00"), @"Bea");
    assert_snapshot!(env.run("user list --created-since yesterday"), @"
    --- stderr ---
    error: `yesterday` is not a time
    hint: write 7d (that long ago), 2026-11-21, or 2026-11-21T09:00:00Z
    [exit status: 8]
    ");
}

#[test]
fn different_filters_are_all_held() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--project hu-support --project en-support --team voice"), @"anna carl");
    assert_snapshot!(names("--role agent --language en --missing project"), @"anna.b");
    assert_snapshot!(names("--role agent --role external-agent --skill billing:2 --search a"), @"Bea");
    assert_snapshot!(names("--state inactive --role agent"), @"");
}

#[test]
fn orders() {
    let env = crowd();
    env.database()
        .execute_batch(
            "UPDATE users SET last_sign_in_at = 20 WHERE username = 'carl';
             UPDATE users SET last_sign_in_at = 10 WHERE username = 'dora';",
        )
        .unwrap();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--sort username"), @"Bea anna anna.b carl dora erik");
    assert_snapshot!(names("--sort name"), @"anna.b carl dora erik Bea anna");
    assert_snapshot!(names("--sort created"), @"anna Bea carl dora erik anna.b");
    assert_snapshot!(names("--sort last-sign-in"), @"dora carl anna Bea erik anna.b");
    assert_snapshot!(names("--reverse"), @"erik dora carl anna.b anna Bea");
    assert_snapshot!(names("--sort name --reverse"), @"anna Bea erik dora carl anna.b");
    assert_snapshot!(names("--sort created --reverse"), @"anna.b erik dora carl Bea anna");
    assert_snapshot!(names("--sort last-sign-in --reverse"), @"anna.b erik Bea anna carl dora");
    assert_snapshot!(env.run("user list --sort age"), @"
    --- stderr ---
    error: there is no column `age`
    hint: the columns are username, full_name, email, phone, state, roles, teams, skills, language, project_selection, projects, from, until, password, password_set_by, password_changed_at, password_expires_at, locked, locked_until, photo, created_at, updated_at, last_sign_in_at
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user list --sort nmae"), @"
    --- stderr ---
    error: there is no column `nmae`
    hint: did you mean `name`? the columns are username, full_name, email, phone, state, roles, teams, skills, language, project_selection, projects, from, until, password, password_set_by, password_changed_at, password_expires_at, locked, locked_until, photo, created_at, updated_at, last_sign_in_at
    [exit status: 2]
    ");
}

#[test]
fn a_limit_cuts_behind_the_order() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--sort created --limit 2"), @"anna Bea");
    assert_snapshot!(names("--sort last-sign-in --limit 4 --reverse"), @"anna.b erik dora carl");
    assert_snapshot!(names("--limit 0"), @"");
    assert_snapshot!(env.run("user list --limit 3 --count"), @"
    3
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list --limit -1"), @"
    --- stderr ---
    error: unexpected argument '-1' found
    hint: usage: ccadmin user list [OPTIONS]
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user list --limit x -o json"), @r#"
    --- stderr ---
    {"error":{"code":"usage","message":"invalid value 'x' for '--limit <N>': invalid digit found in string","hint":"add `--help` to the command to see how it is used"}}
    [exit status: 2]
    "#);
}

#[test]
fn a_name_that_is_not_there_is_no_empty_list() {
    let env = crowd();
    assert_snapshot!(env.run("user list --project hu-suport"), @"
    --- stderr ---
    error: there is no project `hu-suport`
    hint: did you mean `hu-support`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user list --team voise --count"), @"
    --- stderr ---
    error: there is no team `voise`
    hint: did you mean `voice`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user list --skill cooking:3 -o jsonl"), @r#"
    --- stderr ---
    {"error":{"code":"skill-not-found","message":"there is no skill `cooking`","hint":"`ccadmin skill list` shows those that exist","skill":"cooking"}}
    [exit status: 3]
    "#);
    assert_snapshot!(env.run("user list --skill billing:9"), @"
    --- stderr ---
    error: `9` is not a skill level: it has to be a whole number from 1 to 5
    [exit status: 8]
    ");
    assert_snapshot!(env.run("user list --state asleep"), @"
    --- stderr ---
    error: invalid value 'asleep' for '--state <active|inactive>' [possible values: active, inactive]
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user list --missing soul"), @"
    --- stderr ---
    error: invalid value 'soul' for '--missing <FIELD>': it has to be one of email, phone, team, language, skill, project
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user list --password weak"), @"
    --- stderr ---
    error: invalid value 'weak' for '--password <temporary|permanent|expired|none>' [possible values: temporary, permanent, expired, none]
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
}

#[test]
fn a_list_off_a_terminal_has_no_limit() {
    let env = TestEnv::new();
    env.run("team create x").success();
    let database = env.database();
    database
        .execute_batch(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
             INSERT INTO users (username, full_name, state, roles, project_selection, search,
                                created_at, updated_at)
             SELECT printf('u%05d', i), 'User ' || i, 1, 2, 1, 'u', {NOW}, {NOW} FROM n"
        ))
        .unwrap();
    for (options, lines) in
        [("", 2_501), ("-o csv", 2_501), ("-o jsonl", 2_500), ("--field username", 2_500)]
    {
        let output = env.run(&*format!("user list {options}"));
        assert_eq!(output.stdout.lines().count(), lines, "{options}");
        assert_eq!(output.stderr, "");
    }
    assert_eq!(env.run("user list -o json").json().as_array().unwrap().len(), 2_500);
}

#[test]
fn whoever_changed_the_own_password_set_it() {
    let env = TestEnv::new();
    env.call("user create anna --name Anna --role agent --password-stdin")
        .stdin(format!("{PASSWORD}\n"))
        .output()
        .success();
    env.call("passwd anna --own --password-stdin")
        .stdin(format!("{PASSWORD}\nein anderes Kissen am Fenster\n"))
        .output()
        .success();
    assert_eq!(names(&env, "--password-set-by anna --password permanent"), "anna");
}

/// A column is sorted by under the name that stands above it, too; and those that the store keeps no
/// order of are sorted all the same.
#[test]
fn any_column_is_sorted_by_its_own_name() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--sort email"), @"anna Bea anna.b carl dora erik");
    assert_snapshot!(names("--sort EMAIL --reverse"), @"erik dora carl anna.b Bea anna");
    assert_snapshot!(names("--sort state"), @"Bea anna anna.b carl dora erik");
    assert_snapshot!(names("--sort state --reverse --limit 2"), @"erik dora");
    // What is not shown is read all the same.
    assert_snapshot!(names("--sort teams"), @"Bea carl anna anna.b dora erik");
    assert_snapshot!(names("--sort projects --project hu-support"), @"Bea anna");
    assert_snapshot!(names("--sort password_set_by --limit 1 --reverse"), @"erik");
    assert_eq!(env.run("user list --sort email --limit 3 --count").stdout, "3\n");
    for (key, column) in
        [("name", "full_name"), ("created", "created_at"), ("last-sign-in", "last_sign_in_at")]
    {
        let by = |key: &str| env.run(format!("user list --sort {key}").as_str()).to_string();
        assert_eq!(by(key), by(column));
        assert!(by(column).contains("exit status: 0"), "{}", by(column));
    }
}
