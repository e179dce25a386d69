//! Lists on terminals of 40, 80 and 200 columns.

use std::fmt::Write as _;

use crate::common::pty::Home;

/// A center of four, who differ in all that a list shows but their state, made by one of them.
fn center() -> Home {
    let home = Home::new();
    let boss = "ccadmin user create boss --name 'The Boss' --role admin --password-stdin \
                --permanent-password && echo 'a phrase for the screens' | ccadmin login boss \
                --password-stdin";
    assert!(home.shell(boss, "a phrase for the screens\n").status.success());
    home.does(
        "for team in night-shift voice; do ccadmin team create $team; done
         for project in en-support hu-sales hu-support; do ccadmin project create $project; done
         ccadmin project update en-support --description 'Everything in English'
         ccadmin user create eszter.horvath --name 'Horváth Eszter Mária' --role agent --team voice \
             --project hu-support:40 --project en-support --generate-password
         ccadmin user create al --name Al --role agent --role supervisor --team night-shift \
             --project hu-sales --generate-password
         ccadmin set-weight eszter.horvath hu-support 5",
    );
    home
}

/// What a person sees of `line` at three widths.
#[track_caller]
fn at_three_widths(home: &Home, line: &str) -> String {
    with_status(home, line, 0)
}

#[track_caller]
fn with_status(home: &Home, line: &str, status: i32) -> String {
    let mut seen = String::new();
    for width in [40, 80, 200] {
        let end = home.sits_at_size(&format!("env PAGER= {line}"), 60, width).leaves();
        let text = end.exited(status).text.replace("\r\n", "\n");
        writeln!(seen, "{width:-<width$}\n{}", text.trim(), width = usize::from(width)).unwrap();
    }
    seen
}

#[test]
fn users() {
    insta::assert_snapshot!(at_three_widths(&center(), "ccadmin user list"), @"
    40--------------------------------------
    USERNAME        FULL NAME    PROJECTS
    al              Al           hu-sales:10
    boss            The Boss     -
    eszter.horvath  Horváth Es…  en-support…
    the same in all rows: state active; no room for: teams, roles, password (`--columns` chooses)
    80------------------------------------------------------------------------------
    USERNAME        FULL NAME     ROLES         TEAMS        PROJECTS      PASSWORD
    al              Al            agent, supe…  night-shift  hu-sales:10   temporary
    boss            The Boss      admin         -            -             permanent
    eszter.horvath  Horváth Esz…  agent         voice        en-support:…  temporary
    the same in all rows: state active
    200-----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
    USERNAME        FULL NAME             STATE   ROLES              TEAMS        PROJECTS                     PASSWORD
    al              Al                    active  agent, supervisor  night-shift  hu-sales:10                  temporary
    boss            The Boss              active  admin              -            -                            permanent
    eszter.horvath  Horváth Eszter Mária  active  agent              voice        en-support:10, hu-support:5  temporary
    ");
}

#[test]
fn projects() {
    insta::assert_snapshot!(at_three_widths(&center(), "ccadmin project list"), @"
    40--------------------------------------
    NAME        USERS  DESCRIPTION
    en-support      1  Everything in English
    hu-sales        1  -
    hu-support      1  -
    the same in all rows: priority 0, language -, state active
    80------------------------------------------------------------------------------
    NAME        STATE   LANGUAGE  PRIORITY  USERS  DESCRIPTION
    en-support  active  -                0      1  Everything in English
    hu-sales    active  -                0      1  -
    hu-support  active  -                0      1  -
    200-----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
    NAME        STATE   LANGUAGE  PRIORITY  USERS  DESCRIPTION
    en-support  active  -                0      1  Everything in English
    hu-sales    active  -                0      1  -
    hu-support  active  -                0      1  -
    ");
}

#[test]
fn audit_entries() {
    insta::assert_snapshot!(at_three_widths(&center(), "ccadmin audit list --limit 4"), @"
    40--------------------------------------
    SEQ  AT (UTC)               CHANGE
     11  Sat 21 Nov 2026 09:00  projects: h…
     10  Sat 21 Nov 2026 09:00  full name:…
      9  Sat 21 Nov 2026 09:00  full name:…
      8  Sat 21 Nov 2026 09:00  description…
    the same in all rows: outcome done, actor boss; no room for: subject, action (`--columns` chooses)
    4 of 11 entries
    80------------------------------------------------------------------------------
    SEQ  AT (UTC)               ACTION          SUBJECT         CHANGE
     11  Sat 21 Nov 2026 09:00  weight.set      eszter.horvath  projects: hu-suppor…
     10  Sat 21 Nov 2026 09:00  user.create     al              full name: Al; stat…
      9  Sat 21 Nov 2026 09:00  user.create     eszter.horvath  full name: Horváth…
      8  Sat 21 Nov 2026 09:00  project.update  en-support      description: - -> E…
    the same in all rows: outcome done, actor boss
    4 of 11 entries
    200-----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
    SEQ  AT (UTC)               ACTION          SUBJECT         CHANGE
     11  Sat 21 Nov 2026 09:00  weight.set      eszter.horvath  projects: hu-support 40 -> 5
     10  Sat 21 Nov 2026 09:00  user.create     al              full name: Al; state: active; roles: agent, supervisor; projects: hu-sales:10; password: temporary; project selection: yes; teams: night-sh…
      9  Sat 21 Nov 2026 09:00  user.create     eszter.horvath  full name: Horváth Eszter Mária; state: active; roles: agent; projects: en-support:10, hu-support:40; password: temporary; project selectio…
      8  Sat 21 Nov 2026 09:00  project.update  en-support      description: - -> Everything in English
    the same in all rows: outcome done, actor boss
    4 of 11 entries
    ");
}

#[test]
fn one_project() {
    insta::assert_snapshot!(at_three_widths(&center(), "ccadmin project show hu-support"), @"
    40--------------------------------------
    name:        hu-support
    state:       active
    language:    -
    priority:    0
    users:       1
    description: -
    full agents: 0.333

    USER            WEIGHT  SHARE
    eszter.horvath       5   33 %  ███████

    share: the part of their calls, while calls wait in all of their active projects
    80------------------------------------------------------------------------------
    name:        hu-support
    state:       active
    language:    -
    priority:    0
    users:       1
    description: -
    full agents: 0.333

    USER            WEIGHT  SHARE
    eszter.horvath       5   33 %  ███████

    share: the part of their calls, while calls wait in all of their active projects
    200-----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
    name:        hu-support
    state:       active
    language:    -
    priority:    0
    users:       1
    description: -
    full agents: 0.333

    USER            WEIGHT  SHARE
    eszter.horvath       5   33 %  ███████

    share: the part of their calls, while calls wait in all of their active projects
    ");
}

#[test]
fn one_user() {
    let home = center();
    home.does("ccadmin user update eszter.horvath --email eszter.horvath@example.com");
    insta::assert_snapshot!(at_three_widths(&home, "ccadmin user show eszter.horvath"), @"
    40--------------------------------------
    username:          eszter.horvath
    full name:         Horváth Eszter Mária
    email:             eszter.horvath@example.com
    phone:             -
    language:          -
    state:             active
    roles:             agent
    teams:             voice
    skills:            -
    project selection: on
    password:          temporary, expires Sat 28 Nov 2026 09:00
    password set by:   boss, Sat 21 Nov 2026 09:00
    locked:            no
    last sign in:      never
    sessions:          none
    photo:             no
    created:           Sat 21 Nov 2026 09:00
    updated:           Sat 21 Nov 2026 09:00
    time zone:         UTC

    PROJECT     WEIGHT  SHARE
    en-support      10   67 %  █████████████
    hu-support       5   33 %  ███████

    share: the part of their calls, while calls wait in all of their active projects

    LAST CHANGES (UTC)     ACTION       CHA…
    Sat 21 Nov 2026 09:00  user.update  ema…
    Sat 21 Nov 2026 09:00  weight.set   pro…
    Sat 21 Nov 2026 09:00  user.create  -
    80------------------------------------------------------------------------------
    username:          eszter.horvath
    full name:         Horváth Eszter Mária
    email:             eszter.horvath@example.com
    phone:             -
    language:          -
    state:             active
    roles:             agent
    teams:             voice
    skills:            -
    project selection: on
    password:          temporary, expires Sat 28 Nov 2026 09:00
    password set by:   boss, Sat 21 Nov 2026 09:00
    locked:            no
    last sign in:      never
    sessions:          none
    photo:             no
    created:           Sat 21 Nov 2026 09:00
    updated:           Sat 21 Nov 2026 09:00
    time zone:         UTC

    PROJECT     WEIGHT  SHARE
    en-support      10   67 %  █████████████
    hu-support       5   33 %  ███████

    share: the part of their calls, while calls wait in all of their active projects

    LAST CHANGES (UTC)     BY    ACTION       CHANGE
    Sat 21 Nov 2026 09:00  boss  user.update  email: - -> eszter.horvath@example.com
    Sat 21 Nov 2026 09:00  boss  weight.set   projects: hu-support 40 -> 5
    Sat 21 Nov 2026 09:00  boss  user.create  -
    200-----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
    username:          eszter.horvath
    full name:         Horváth Eszter Mária
    email:             eszter.horvath@example.com
    phone:             -
    language:          -
    state:             active
    roles:             agent
    teams:             voice
    skills:            -
    project selection: on
    password:          temporary, expires Sat 28 Nov 2026 09:00
    password set by:   boss, Sat 21 Nov 2026 09:00
    locked:            no
    last sign in:      never
    sessions:          none
    photo:             no
    created:           Sat 21 Nov 2026 09:00
    updated:           Sat 21 Nov 2026 09:00
    time zone:         UTC

    PROJECT     WEIGHT  SHARE
    en-support      10   67 %  █████████████
    hu-support       5   33 %  ███████

    share: the part of their calls, while calls wait in all of their active projects

    LAST CHANGES (UTC)     BY    ACTION       CHANGE
    Sat 21 Nov 2026 09:00  boss  user.update  email: - -> eszter.horvath@example.com
    Sat 21 Nov 2026 09:00  boss  weight.set   projects: hu-support 40 -> 5
    Sat 21 Nov 2026 09:00  boss  user.create  -
    ");
}

#[test]
fn one_audit_entry() {
    let seen = at_three_widths(&center(), "ccadmin audit show 9");
    // Whose account it was is another one elsewhere, and the hash covers that.
    let seen = seen.lines().filter(|line| !line.starts_with("os uid:"));
    let seen: Vec<&str> =
        seen.map(|line| if line.starts_with("hash:") { "hash:       ..." } else { line }).collect();
    insta::assert_snapshot!(seen.join("\n"), @"
    40--------------------------------------
    seq:        9
    at:         Sat 21 Nov 2026 09:00
    actor:      boss
    action:     user.create
    subject:    eszter.horvath
    subject id: 2
    outcome:    done
    hash:       ...
    batch:      -
    undoes:     -
    time zone:  UTC

    FIELD              BEFORE  AFTER
    username           -       eszter.horvath
    full name          -       Horváth Eszter Mária
    state              -       active
    roles              -       agent
    projects           -       en-support:10, hu-support:40
    password           -       expires at Sat 28 Nov 2026 09:00, kind temporary, origin generated, set by boss
    project selection  -       yes
    teams              -       voice
    80------------------------------------------------------------------------------
    seq:        9
    at:         Sat 21 Nov 2026 09:00
    actor:      boss
    action:     user.create
    subject:    eszter.horvath
    subject id: 2
    outcome:    done
    hash:       ...
    batch:      -
    undoes:     -
    time zone:  UTC

    FIELD              BEFORE  AFTER
    username           -       eszter.horvath
    full name          -       Horváth Eszter Mária
    state              -       active
    roles              -       agent
    projects           -       en-support:10, hu-support:40
    password           -       expires at Sat 28 Nov 2026 09:00, kind temporary, origin generated, set by boss
    project selection  -       yes
    teams              -       voice
    200-----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
    seq:        9
    at:         Sat 21 Nov 2026 09:00
    actor:      boss
    action:     user.create
    subject:    eszter.horvath
    subject id: 2
    outcome:    done
    hash:       ...
    batch:      -
    undoes:     -
    time zone:  UTC

    FIELD              BEFORE  AFTER
    username           -       eszter.horvath
    full name          -       Horváth Eszter Mária
    state              -       active
    roles              -       agent
    projects           -       en-support:10, hu-support:40
    password           -       expires at Sat 28 Nov 2026 09:00, kind temporary, origin generated, set by boss
    project selection  -       yes
    teams              -       voice
    ");
}

#[test]
fn weights_of_a_user_and_in_a_project() {
    let home = center();
    let user = at_three_widths(&home, "ccadmin weight show eszter.horvath");
    insta::assert_snapshot!(user, @"
    40--------------------------------------
    PROJECT     WEIGHT  SHARE  NEXT CALL
    en-support      10   67 %      100 %
    hu-support       5   33 %      100 %

    share: the part of their calls, while calls wait in all of their active projects
    next call: the chance to get it, while all active agents of the project are free
    80------------------------------------------------------------------------------
    PROJECT     STATE   PRIORITY  WEIGHT  SHARE  NEXT CALL
    en-support  active         0      10   67 %      100 %
    hu-support  active         0       5   33 %      100 %

    share: the part of their calls, while calls wait in all of their active projects
    next call: the chance to get it, while all active agents of the project are free
    200-----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
    PROJECT     STATE   PRIORITY  WEIGHT  SHARE  NEXT CALL
    en-support  active         0      10   67 %      100 %
    hu-support  active         0       5   33 %      100 %

    share: the part of their calls, while calls wait in all of their active projects
    next call: the chance to get it, while all active agents of the project are free
    ");
    insta::assert_snapshot!(at_three_widths(&home, "ccadmin weight show hu-support"), @"
    40--------------------------------------
    USERNAME        WEIGHT  SHARE  NEXT CALL
    eszter.horvath       5   33 %      100 %

    share: the part of their calls, while calls wait in all of their active projects
    next call: the chance to get it, while all active agents of the project are free
    80------------------------------------------------------------------------------
    USERNAME        STATE   WEIGHT  SHARE  NEXT CALL
    eszter.horvath  active       5   33 %      100 %

    share: the part of their calls, while calls wait in all of their active projects
    next call: the chance to get it, while all active agents of the project are free
    200-----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
    USERNAME        STATE   WEIGHT  SHARE  NEXT CALL
    eszter.horvath  active       5   33 %      100 %

    share: the part of their calls, while calls wait in all of their active projects
    next call: the chance to get it, while all active agents of the project are free
    ");
}

#[test]
fn weights_of_all_in_all_projects() {
    let home = center();
    home.does("for i in 1 2 3 4 5; do ccadmin project create later-project-$i; done");
    insta::assert_snapshot!(at_three_widths(&home, "ccadmin weight matrix"), @"
    40--------------------------------------
    USER            en-support  hu-sales
    al                       -        10
    eszter.horvath          10         -

    USER            hu-support
    al                       -
    eszter.horvath           5

    USER            later-project-1
    al                            -
    eszter.horvath                -

    USER            later-project-2
    al                            -
    eszter.horvath                -

    USER            later-project-3
    al                            -
    eszter.horvath                -

    USER            later-project-4
    al                            -
    eszter.horvath                -

    USER            later-project-5
    al                            -
    eszter.horvath                -
    80------------------------------------------------------------------------------
    USER            en-support  hu-sales  hu-support  later-project-1
    al                       -        10           -                -
    eszter.horvath          10         -           5                -

    USER            later-project-2  later-project-3  later-project-4
    al                            -                -                -
    eszter.horvath                -                -                -

    USER            later-project-5
    al                            -
    eszter.horvath                -
    200-----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
    USER            en-support  hu-sales  hu-support  later-project-1  later-project-2  later-project-3  later-project-4  later-project-5
    al                       -        10           -                -                -                -                -                -
    eszter.horvath          10         -           5                -                -                -                -                -
    ");
}

#[test]
fn projects_without_enough_agents() {
    let home = center();
    home.does("ccadmin project update hu-sales --language hu; ccadmin project create nobody");
    let line = "ccadmin project coverage --min 2";
    insta::assert_snapshot!(with_status(&home, line, 13), @"
    40--------------------------------------
    PROJECT     PROBLEM          AGENTS
    en-support  few-agents            1
    en-support  nobody-signs-in       1
    hu-sales    few-agents            1
    hu-sales    nobody-signs-in       1
    hu-sales    nobody-speaks         1
    hu-support  few-agents            1
    hu-support  nobody-signs-in       1
    nobody      no-active-agent       0
    error: the check found 8 things
    80------------------------------------------------------------------------------
    PROJECT     PROBLEM          AGENTS  MESSAGE
    en-support  few-agents            1  1 active agent
    en-support  nobody-signs-in       1  all active agents have never signed in or…
    hu-sales    few-agents            1  1 active agent
    hu-sales    nobody-signs-in       1  all active agents have never signed in or…
    hu-sales    nobody-speaks         1  no active agent has the language hu
    hu-support  few-agents            1  1 active agent
    hu-support  nobody-signs-in       1  all active agents have never signed in or…
    nobody      no-active-agent       0  no active agent
    error: the check found 8 things
    200-----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
    PROJECT     PROBLEM          AGENTS  MESSAGE
    en-support  few-agents            1  1 active agent
    en-support  nobody-signs-in       1  all active agents have never signed in or have an expired password
    hu-sales    few-agents            1  1 active agent
    hu-sales    nobody-signs-in       1  all active agents have never signed in or have an expired password
    hu-sales    nobody-speaks         1  no active agent has the language hu
    hu-support  few-agents            1  1 active agent
    hu-support  nobody-signs-in       1  all active agents have never signed in or have an expired password
    nobody      no-active-agent       0  no active agent
    error: the check found 8 things
    ");
}

#[test]
fn the_plan_of_an_import() {
    let home = center();
    home.does(
        "printf '%s\\n' username,full_name,email,roles,projects \
             eszter.horvath,,eszter@example.com,,hu-support:60 \
             'margit.szabo-feher,Szabó-Fehér Margit,margit@example.com,agent,en-support:5' \
             > plan.csv",
    );
    // Without the progress that is told meanwhile.
    let line = "ccadmin user import plan.csv --on-conflict update --no-password --dry-run 2> err";
    insta::assert_snapshot!(at_three_widths(&home, line), @"
    40--------------------------------------
    LINE  ACTION  USERNAME            CHANGES
       2  update  eszter.horvath      email: - -> eszter@example.com; projects: en-support:10,hu-support:5 -> hu-support:60
       3  create  margit.szabo-feher  email: margit@example.com; full_name: Szabó-Fehér Margit; project_selection: true; projects: en-support:5; roles: agent; state: active
    80------------------------------------------------------------------------------
    LINE  ACTION  USERNAME            CHANGES
       2  update  eszter.horvath      email: - -> eszter@example.com; projects: en-support:10,hu-support:5 -> hu-support:60
       3  create  margit.szabo-feher  email: margit@example.com; full_name: Szabó-Fehér Margit; project_selection: true; projects: en-support:5; roles: agent; state: active
    200-----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
    LINE  ACTION  USERNAME            CHANGES
       2  update  eszter.horvath      email: - -> eszter@example.com; projects: en-support:10,hu-support:5 -> hu-support:60
       3  create  margit.szabo-feher  email: margit@example.com; full_name: Szabó-Fehér Margit; project_selection: true; projects: en-support:5; roles: agent; state: active
    ");
}

#[test]
fn settings() {
    let home = center();
    home.configure("output = \"table\"\n[phone]\ndefault_region = \"HU\"\n");
    // What a setting is called and says is whole at any width.
    for width in [40, 80] {
        let end = home.sits_at_size("env PAGER= ccadmin config list", 80, width).leaves();
        end.exited(0).shows("sign_in.max_successes_per_caller").shows("60/1m");
    }
}

/// What is never cut: a username, a time, a number.
#[test]
fn what_tells_rows_apart_is_whole_at_any_width() {
    let home = center();
    for width in [20, 30, 40, 60] {
        let end = home.sits_at_size("env PAGER= ccadmin user list", 60, width).leaves();
        end.exited(0).shows("eszter.horvath ");
        let end = home.sits_at_size("env PAGER= ccadmin audit list", 60, width).leaves();
        end.exited(0).shows("Sat 21 Nov 2026 09:00");
    }
}

#[test]
fn an_empty_list_says_so() {
    let home = center();
    home.sits_at("ccadmin skill list")
        .leaves()
        .exited(0)
        .shows("no skills yet: `ccadmin skill create NAME` creates the first");
    home.sits_at("ccadmin user list --state inactive").leaves().shows("no users match");
    home.sits_at("ccadmin -q user list --state inactive").leaves().hides("match");
    home.sits_at("ccadmin user list --state inactive --field username").leaves().hides("match");
}

#[test]
fn a_limit_says_of_how_many() {
    let home = center();
    let end = home.sits_at("ccadmin user list --limit 2").leaves();
    end.exited(0).shows("2 of 3 users");
    home.sits_at("ccadmin user list --limit 3").leaves().hides("of 3");
    assert_eq!(home.does("ccadmin user list --limit 2 --count"), "2\n");
}

#[test]
fn a_header_can_be_left_out() {
    let home = center();
    let rows = home.does("ccadmin user list --no-header --columns username,state");
    assert_eq!(rows, "al              active\nboss            active\neszter.horvath  active\n");
    let rows = home.does("ccadmin user list --no-header --columns username,state -o csv");
    assert_eq!(rows, "al,active\nboss,active\neszter.horvath,active\n");
}
