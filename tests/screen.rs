//! Lists on terminals of 40, 80 and 200 columns.

use std::fmt::Write as _;

use crate::common::pty::Home;

/// A center of four, who differ in all that a list shows but their state.
fn center() -> Home {
    let home = Home::new();
    home.does(
        "for team in night-shift voice; do ccadmin team create $team; done
         for project in en-support hu-sales hu-support; do ccadmin project create $project; done
         ccadmin project update en-support --description 'Everything in English'
         ccadmin user create eszter.horvath --name 'Horváth Eszter Mária' --role agent --team voice \
             --project hu-support:40 --project en-support --generate-password
         ccadmin user create al --name Al --role agent --role supervisor --team night-shift \
             --project hu-sales --generate-password
         ccadmin user create boss --name 'The Boss' --role admin --generate-password
         ccadmin set-weight eszter.horvath hu-support 5",
    );
    home
}

/// What a person sees of `line` at three widths.
fn at_three_widths(home: &Home, line: &str) -> String {
    let mut seen = String::new();
    for width in [40, 80, 200] {
        let end = home.sits_at_size(&format!("env PAGER= {line}"), 60, width).leaves();
        let text = end.exited(0).text.replace("\r\n", "\n");
        writeln!(seen, "{width:-<width$}\n{}", text.trim(), width = usize::from(width)).unwrap();
    }
    let login = home.does("id -un");
    seen.replace(&format!("os:{}", login.trim()), "os:me")
}

#[test]
fn users() {
    insta::assert_snapshot!(at_three_widths(&center(), "ccadmin user list"), @"
    40--------------------------------------
    USERNAME        FULL NAME    PROJECTS
    al              Al           hu-sales:10
    boss            The Boss     -
    eszter.horvath  Horváth Es…  en-support…
    the same in all rows: password temporary, state active; no room for: teams, roles (`--columns` chooses)
    80------------------------------------------------------------------------------
    USERNAME        FULL NAME         ROLES             TEAMS        PROJECTS
    al              Al                agent, supervis…  night-shift  hu-sales:10
    boss            The Boss          admin             -            -
    eszter.horvath  Horváth Eszter…   agent             voice        en-support:10,…
    the same in all rows: password temporary, state active
    200-----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
    USERNAME        FULL NAME             STATE   ROLES              TEAMS        PROJECTS                     PASSWORD
    al              Al                    active  agent, supervisor  night-shift  hu-sales:10                  temporary
    boss            The Boss              active  admin              -            -                            temporary
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
     10  Sat 21 Nov 2026 09:00  projects: h…
      9  Sat 21 Nov 2026 09:00  full name:…
      8  Sat 21 Nov 2026 09:00  full name:…
      7  Sat 21 Nov 2026 09:00  full name:…
    the same in all rows: outcome done, actor os:me; no room for: subject, action (`--columns` chooses)
    4 of 10 entries
    80------------------------------------------------------------------------------
    SEQ  AT (UTC)               ACTION       SUBJECT         CHANGE
     10  Sat 21 Nov 2026 09:00  weight.set   eszter.horvath  projects: hu-support 4…
      9  Sat 21 Nov 2026 09:00  user.create  boss            full name: The Boss; s…
      8  Sat 21 Nov 2026 09:00  user.create  al              full name: Al; state:…
      7  Sat 21 Nov 2026 09:00  user.create  eszter.horvath  full name: Horváth Esz…
    the same in all rows: outcome done, actor os:me
    4 of 10 entries
    200-----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
    SEQ  AT (UTC)               ACTION       SUBJECT         CHANGE
     10  Sat 21 Nov 2026 09:00  weight.set   eszter.horvath  projects: hu-support 40 -> 5
      9  Sat 21 Nov 2026 09:00  user.create  boss            full name: The Boss; state: active; roles: admin; password: temporary; project selection: yes
      8  Sat 21 Nov 2026 09:00  user.create  al              full name: Al; state: active; roles: agent, supervisor; projects: hu-sales:10; password: temporary; project selection: yes; teams: night-shift
      7  Sat 21 Nov 2026 09:00  user.create  eszter.horvath  full name: Horváth Eszter Mária; state: active; roles: agent; projects: en-support:10, hu-support:40; password: temporary; project selection:…
    the same in all rows: outcome done, actor os:me
    4 of 10 entries
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
