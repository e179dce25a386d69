//! Whole outputs in every format.

use std::io::{self, Write};

use insta::assert_snapshot;
use proptest::prelude::*;
use serde::Serialize;

use super::*;
use crate::model::{Timestamp, unescape_formula};

#[derive(Serialize, Clone, Default)]
struct Agent {
    username: String,
    full_name: String,
    phone: Option<String>,
    teams: Vec<String>,
    projects: Vec<Assigned>,
    weight: u32,
    created_at: Option<Timestamp>,
}

#[derive(Serialize, Clone)]
struct Assigned {
    project: String,
    weight: u32,
    share: f64,
}

impl Record for Agent {
    fn columns() -> &'static [Column<Self>] {
        const fn column(name: &'static str, cell: fn(&Agent, Medium) -> String) -> Column<Agent> {
            Column::text(name, cell)
        }
        static COLUMNS: [Column<Agent>; 8] = [
            Column {
                cell: Cell::Kept(|agent, _| &agent.username),
                ..column("username", |_, _| String::new())
            },
            column("full_name", |agent, _| agent.full_name.clone()),
            Column {
                raw_in_csv: true,
                ..column("phone", |agent, _| agent.phone.clone().unwrap_or_default())
            },
            column("teams", |agent, medium| medium.list(&agent.teams)),
            Column { align_right: true, ..column("weight", |agent, _| agent.weight.to_string()) },
            Column {
                in_table: false,
                in_csv: false,
                ..column("initial", |agent, _| agent.username.chars().take(1).collect())
            },
            Column {
                in_table: false,
                in_csv: false,
                ..column("projects", |agent, medium| {
                    medium.list(agent.projects.iter().map(|share| &share.project))
                })
            },
            Column {
                in_table: false,
                ..column("created_at", |agent, medium| {
                    agent.created_at.map_or_else(String::new, |at| medium.time(at))
                })
            },
        ];
        &COLUMNS
    }
}

fn james() -> Agent {
    Agent {
        username: "james".to_owned(),
        full_name: "James Carter".to_owned(),
        phone: Some("+36201234567".to_owned()),
        teams: vec!["chat".to_owned(), "voice".to_owned()],
        projects: vec![Assigned { project: "en-support".to_owned(), weight: 20, share: 0.667 }],
        weight: 5,
        created_at: Some(Timestamp::from_seconds(1_795_251_600)),
    }
}

fn agents() -> Vec<Agent> {
    vec![
        james(),
        Agent {
            username: "aoi".to_owned(),
            full_name: "佐藤 葵".to_owned(),
            weight: 100,
            ..Agent::default()
        },
        Agent {
            username: "eve".to_owned(),
            full_name: "=\u{1b}]0;x\u{7}\"E\u{202e}ve\",\n".to_owned(),
            ..Agent::default()
        },
    ]
}

const TERMINAL: TerminalShape = TerminalShape { width: 40, colour: false };

fn options(format: Format, selection: Selection) -> ListOptions {
    ListOptions { format, selection, ..ListOptions::default() }
}

fn list(agents: &[Agent], options: &ListOptions) -> String {
    let mut out = Vec::new();
    let mut writer = ListWriter::new(&mut out, options).unwrap();
    for agent in agents {
        writer.push(agent).unwrap();
    }
    writer.finish(None).unwrap();
    String::from_utf8(out).unwrap()
}

fn listed(format: Format, selection: Selection) -> String {
    list(&agents(), &options(format, selection))
}

/// Text in which a snapshot shows everything, line by line.
fn seen(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(escape).collect();
    lines.join("\n")
}

fn one(format: Format) -> String {
    let mut out = Vec::new();
    let agent = Agent {
        // A table shows it in the zone of the machine that runs the test.
        created_at: None,
        ..james()
    };
    write_one(&mut out, &agent, format, None).unwrap();
    String::from_utf8(out).unwrap()
}

fn columns(names: &[&str]) -> Selection {
    Selection::Columns(names.iter().map(|&name| name.to_owned()).collect())
}

#[test]
fn formats_have_names() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse(), Ok(format));
        assert_eq!(format.is_json(), format.as_str().starts_with("json"));
    }
    assert_snapshot!("xm\x1bl".parse::<Format>().unwrap_err(), @r"`xm\u{1b}l` is not an output format; these are: table, json, jsonl, csv");
}

#[test]
fn a_table_off_a_terminal_is_padded_and_whole() {
    let table = listed(Format::Table, Selection::Default);
    assert_snapshot!(table, @r#"
USERNAME  FULL NAME                         PHONE         TEAMS        WEIGHT
james     James Carter                      +36201234567  chat, voice       5
aoi       佐藤 葵                           -             -               100
eve       =\u{1b}]0;x\u{7}"E\u{202e}ve",\n  -             -                 0
"#);
    assert!(!table.lines().any(|line| line.ends_with(' ')));
}

#[test]
fn a_table_on_a_terminal_fits_it() {
    let mut options = options(Format::Table, Selection::Default);
    options.terminal = Some(TerminalShape { width: 56, colour: true });
    assert_snapshot!(seen(&list(&agents(), &options)), @r"
\u{1b}[1mUSERNAME  FULL NAME    PHONE         TEAMS        WEIGHT\u{1b}[0m
james     James Cart…  +36201234567  chat, voice       5
aoi       佐藤 葵      -             -               100
eve       =\u{1b}]0;…  -             -                 0
");
}

#[test]
fn lists_of_nothing() {
    for (format, written) in [
        (Format::Table, "USERNAME  FULL NAME  PHONE  TEAMS  WEIGHT\n"),
        (Format::Json, "[]\n"),
        (Format::Jsonl, ""),
        (Format::Csv, "username,full_name,phone,teams,weight,created_at\n"),
    ] {
        assert_eq!(list(&[], &options(format, Selection::Default)), written);
    }
}

#[test]
fn json_is_an_array_with_an_object_a_line() {
    assert_snapshot!(listed(Format::Json, Selection::Default), @r#"
[
{"username":"james","full_name":"James Carter","phone":"+36201234567","teams":["chat","voice"],"projects":[{"project":"en-support","weight":20,"share":0.667}],"weight":5,"created_at":"2026-11-21T09:00:00Z"},
{"username":"aoi","full_name":"佐藤 葵","phone":null,"teams":[],"projects":[],"weight":100,"created_at":null},
{"username":"eve","full_name":"=\u001b]0;x\u0007\"E\u202eve\",\n","phone":null,"teams":[],"projects":[],"weight":0,"created_at":null}
]
"#);
}

#[test]
fn jsonl_is_an_object_a_line() {
    assert_snapshot!(listed(Format::Jsonl, Selection::Default), @r#"
{"username":"james","full_name":"James Carter","phone":"+36201234567","teams":["chat","voice"],"projects":[{"project":"en-support","weight":20,"share":0.667}],"weight":5,"created_at":"2026-11-21T09:00:00Z"}
{"username":"aoi","full_name":"佐藤 葵","phone":null,"teams":[],"projects":[],"weight":100,"created_at":null}
{"username":"eve","full_name":"=\u001b]0;x\u0007\"E\u202eve\",\n","phone":null,"teams":[],"projects":[],"weight":0,"created_at":null}
"#);
}

#[test]
fn csv_has_a_header_and_no_formulas() {
    assert_snapshot!(seen(&listed(Format::Csv, Selection::Default)), @r#"
username,full_name,phone,teams,weight,created_at
james,James Carter,+36201234567,chat;voice,5,2026-11-21T09:00:00Z
aoi,佐藤 葵,,,100,
eve,"'=\u{1b}]0;x\u{7}""E\u{202e}ve"",
",,,0,
"#);
}

#[test]
fn csv_on_a_terminal_is_escaped() {
    let mut options = options(Format::Csv, columns(&["full_name"]));
    options.terminal = Some(TERMINAL);
    assert_snapshot!(list(&agents(), &options), @r#"
full_name
James Carter
佐藤 葵
"'=\u{1b}]0;x\u{7}""E\u{202e}ve"",\n"
"#);
}

/// A column without a JSON field is text; names may be written as people see them.
#[test]
fn columns_come_in_the_order_asked_for() {
    let asked = columns(&["initial", "FULL NAME", "phone", "initial"]);
    assert_snapshot!(listed(Format::Table, asked.clone()), @r#"
INITIAL  FULL NAME                         PHONE
j        James Carter                      +36201234567
a        佐藤 葵                           -
e        =\u{1b}]0;x\u{7}"E\u{202e}ve",\n  -
"#);
    assert_snapshot!(listed(Format::Jsonl, asked.clone()), @r#"
{"initial":"j","full_name":"James Carter","phone":"+36201234567"}
{"initial":"a","full_name":"佐藤 葵","phone":null}
{"initial":"e","full_name":"=\u001b]0;x\u0007\"E\u202eve\",\n","phone":null}
"#);
    assert_snapshot!(seen(&listed(Format::Csv, asked)), @r#"
initial,full_name,phone
j,James Carter,+36201234567
a,佐藤 葵,
e,"'=\u{1b}]0;x\u{7}""E\u{202e}ve"",
",
"#);
}

#[test]
fn a_field_is_bare_values() {
    let field = |name: &str| Selection::Field(name.to_owned());
    assert_eq!(listed(Format::Table, field("created-at")), "2026-11-21T09:00:00Z\n\n\n");
    assert_eq!(listed(Format::Table, field("phone")), "+36201234567\n\n\n");
    assert_eq!(listed(Format::Json, field("phone")), "[\n\"+36201234567\",\nnull,\nnull\n]\n");
    assert_eq!(listed(Format::Jsonl, field("teams")), "[\"chat\",\"voice\"]\n[]\n[]\n");
    assert_eq!(
        listed(Format::Jsonl, field("projects")),
        "[{\"project\":\"en-support\",\"weight\":20,\"share\":0.667}]\n[]\n[]\n",
        "what is nested keeps its order"
    );
    assert_snapshot!(listed(Format::Table, field("full_name")), @r#"
James Carter
佐藤 葵
=\u{1b}]0;x\u{7}"E\u{202e}ve",\n
"#);
    assert_eq!(listed(Format::Csv, field("phone")), "phone\n+36201234567\n\"\"\n\"\"\n");
}

#[test]
fn a_count_is_a_number_in_every_format() {
    for format in Format::ALL {
        assert_eq!(listed(format, Selection::Count), "3\n");
    }
    let mut out = Vec::new();
    let writer =
        ListWriter::<Agent>::new(&mut out, &options(Format::Json, Selection::Count)).unwrap();
    writer.finish(Some(70_000)).unwrap();
    assert_eq!(out, b"70000\n");
}

#[test]
fn an_unknown_column_brings_the_nearest() {
    let check = |name: &str| columns(&[name]).check::<Agent>().unwrap_err();
    let error = check("user\x1bnam");
    assert_snapshot!(error, @r"there is no column `user\u{1b}nam`");
    assert_snapshot!(error.hint(), @"did you mean `username`? the columns are username, full_name, phone, teams, weight, initial, projects, created_at");
    assert_snapshot!(check("xyz").hint(), @"the columns are username, full_name, phone, teams, weight, initial, projects, created_at");
}

/// The first thousand rows decide the widths; what comes later is written at once.
#[test]
fn a_long_table_streams() {
    let mut out = Vec::new();
    let options = options(Format::Table, columns(&["username", "weight"]));
    let mut writer = ListWriter::new(&mut out, &options).unwrap();
    for number in 0..1_001 {
        let agent = Agent {
            username: format!(
                "agent-{number:0>width$}",
                width = if number < 1_000 { 3 } else { 9 }
            ),
            ..Agent::default()
        };
        writer.push(&agent).unwrap();
    }
    let summary = writer.finish(None).unwrap();
    assert_eq!((summary.shown, summary.left_out()), (1_001, 0));
    let table = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 1_002);
    assert_eq!(lines[0], "USERNAME   WEIGHT");
    assert_eq!(lines[1_000], "agent-999       0");
    assert_eq!(lines[1_001], "agent-000001000       0");
}

#[test]
fn a_limit_is_kept_and_what_it_left_out_is_told() {
    let mut options = options(Format::Table, Selection::Default);
    assert_eq!(options.row_limit(), None);
    options.terminal = Some(TERMINAL);
    assert_eq!(options.row_limit(), Some(1_000));
    options.limit = Some(2);
    let mut out = Vec::new();
    let mut writer = ListWriter::new(&mut out, &options).unwrap();
    for agent in agents() {
        writer.push(&agent).unwrap();
    }
    assert!(writer.is_full());
    let summary = writer.finish(None).unwrap();
    assert_eq!((summary.shown, summary.left_out()), (2, 1));
    assert_eq!(String::from_utf8(out).unwrap().lines().count(), 3);
    options.format = Format::Csv;
    options.limit = None;
    assert_eq!(options.row_limit(), None);
}

#[test]
fn one_thing_in_every_format() {
    assert_snapshot!(one(Format::Table), @"
username:   james
full name:  James Carter
phone:      +36201234567
teams:      chat, voice
weight:     5
initial:    j
projects:   en-support
created at: -
");
    assert_snapshot!(one(Format::Json), @r#"
{
  "username": "james",
  "full_name": "James Carter",
  "phone": "+36201234567",
  "teams": [
    "chat",
    "voice"
  ],
  "projects": [
    {
      "project": "en-support",
      "weight": 20,
      "share": 0.667
    }
  ],
  "weight": 5,
  "created_at": null
}
"#);
    assert_snapshot!(one(Format::Jsonl), @r#"{"username":"james","full_name":"James Carter","phone":"+36201234567","teams":["chat","voice"],"projects":[{"project":"en-support","weight":20,"share":0.667}],"weight":5,"created_at":null}"#);
    assert_snapshot!(one(Format::Csv), @"
username,full_name,phone,teams,weight,created_at
james,James Carter,+36201234567,chat;voice,5,
");
}

/// A pipe whose reader went away.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

#[test]
fn a_broken_pipe_is_told_as_such() {
    for format in Format::ALL {
        for selection in [Selection::Default, Selection::Count] {
            let mut out = Closed;
            let mut writer = ListWriter::new(&mut out, &options(format, selection)).unwrap();
            let error = (0..1_001)
                .try_for_each(|_| writer.push(&james()))
                .and_then(|()| writer.finish(None).map(drop))
                .unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format}");
        }
        let error = write_one(&mut Closed, &james(), format, None).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format}");
    }
}

proptest! {
    /// R56: what a CSV holds is what was stored.
    #[test]
    fn csv_reads_back(names in proptest::collection::vec(any::<String>(), 1..5), phone in "[+]?.{0,9}") {
        let agents: Vec<Agent> = names
            .iter()
            .map(|name| Agent {
                full_name: name.clone(),
                phone: Some(phone.clone()),
                ..Agent::default()
            })
            .collect();
        let written = list(&agents, &options(Format::Csv, columns(&["full_name", "phone"])));
        let mut reader = ::csv::Reader::from_reader(written.as_bytes());
        let back: Vec<(String, String)> = reader
            .records()
            .map(|row| {
                let row = row.unwrap();
                (unescape_formula(&row[0]).into_owned(), row[1].to_owned())
            })
            .collect();
        let stored: Vec<(String, String)> =
            names.into_iter().map(|name| (name, phone.clone())).collect();
        prop_assert_eq!(back, stored);
    }

    /// R55: whatever is stored, nothing invisible reaches a terminal.
    #[test]
    fn nothing_invisible_reaches_a_terminal(name in any::<String>()) {
        let agent = Agent { full_name: name, ..james() };
        for format in Format::ALL {
            for selection in [Selection::Default, Selection::Field("full_name".to_owned())] {
                let mut options = options(format, selection);
                options.terminal = Some(TERMINAL);
                let written = list(std::slice::from_ref(&agent), &options);
                prop_assert!(!written
                    .chars()
                    .any(|letter| letter != '\n' && crate::model::is_invisible(letter)));
            }
        }
    }
}
