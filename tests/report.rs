//! `ccadmin report`: a page that stands by itself, says what `-o json` says, and in which nothing of
//! the store is markup.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::common::{TestEnv, skipped};

/// James and Bob in hu-support, a project that nobody answers, and a name that looks like markup.
fn staffed() -> TestEnv {
    let env = TestEnv::with_users();
    for line in [
        "user create bob --name '<b onmouseover=x>Bob</b> & \"co\"' --role agent \
         --project hu-support:40 --generate-password",
        "project create pt-support --language pt --description '<script>alert(1)</script>'",
    ] {
        env.run(line).success();
    }
    env
}

/// The text of each cell of the table whose tag has `mark`, row by row.
fn table(page: &str, mark: &str) -> Vec<Vec<String>> {
    let (_, table) = page.split_once(mark).unwrap_or_else(|| panic!("no {mark}: {page}"));
    let (_, body) = table.split_once("<tbody>").unwrap();
    let (body, _) = body.split_once("</tbody>").unwrap();
    let rows = body.split("<tr").skip(1);
    rows.map(|row| {
        let cells = row.replace("<th", "<td").replace("</th>", "</td>");
        let cells = cells.split("<td").skip(1);
        cells.map(|cell| words(cell.split_once('>').unwrap().1)).collect()
    })
    .collect()
}

/// Text without its tags and character references.
fn words(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(if text.is_empty() && !html.starts_with('<') {
            part
        } else {
            part.split_once('>').map_or("", |(_, text)| text)
        });
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#x27;", "'").replace("&#x2f;", "/").replace("&amp;", "&").trim().to_owned()
}

/// Compares the tables of a page with what the commands print for programs.
fn says_what_json_says(env: &TestEnv, page: &str) {
    let list = |line: &str| env.run(line).json().as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();

    let gaps = env.run("project coverage -o json").json();
    let shown: Vec<String> =
        table(page, "id=\"table-coverage\"").iter().map(|row| row[0].clone()).collect();
    let expected: Vec<String> =
        gaps.as_array().unwrap().iter().map(|gap| text(&gap["project"])).collect();
    assert_eq!(shown, expected);

    let chances = env.run("weight show hu-support -o json").json();
    let mut expected = HashSet::new();
    for agent in chances["agents"].as_array().unwrap() {
        if agent["state"] == "active" {
            let percent = |field: &str| format!("{:.0} %", agent[field].as_f64().unwrap() * 100.0);
            let weight = agent["weight"].to_string();
            expected.insert(vec![
                text(&agent["username"]),
                weight,
                percent("next_call"),
                percent("share"),
                String::new(),
            ]);
        }
    }
    let shown: HashSet<Vec<String>> =
        table(page, "data-project=\"hu-support\"").into_iter().collect();
    assert_eq!(shown, expected);

    let projects: Vec<String> =
        list("project list -o json").iter().map(|one| text(&one["name"])).collect();
    let mut expected = Vec::new();
    for user in list("weight matrix -o json") {
        let mut row = vec![text(&user["username"])];
        for project in &projects {
            let places = user["projects"].as_array().unwrap();
            let place = places.iter().find(|one| one["project"] == **project);
            row.push(place.map_or("–".to_owned(), |one| one["weight"].to_string()));
        }
        expected.push(row);
    }
    assert_eq!(table(page, "id=\"table-weights\""), expected);

    let silent = list("user list --never-signed-in --state active -o json");
    let expected: Vec<Vec<String>> =
        silent.iter().map(|user| vec![text(&user["username"]), text(&user["full_name"])]).collect();
    let shown: Vec<Vec<String>> =
        table(page, "id=\"table-silent\"").into_iter().map(|row| row[..2].to_vec()).collect();
    assert_eq!(shown, expected);

    let log = list("audit list --since 7d -o json");
    let expected: Vec<Vec<String>> = log
        .iter()
        // The report was made before it was noted.
        .filter(|entry| entry["action"] != "user.export")
        .map(|entry| ["actor", "action", "subject"].map(|field| text(&entry[field])).to_vec())
        .collect();
    let shown: Vec<Vec<String>> =
        table(page, "id=\"table-changes\"").into_iter().map(|row| row[1..4].to_vec()).collect();
    assert_eq!(shown, expected);
}

#[test]
fn the_page_says_what_the_commands_say() {
    let env = staffed();
    assert_snapshot!(env.run("report center.html"), @"
    --- stderr ---
    wrote center.html
    [exit status: 0]
    ");
    assert_eq!(fs::metadata(env.path("center.html")).unwrap().mode() & 0o777, 0o600);
    let page = fs::read_to_string(env.path("center.html")).unwrap();
    says_what_json_says(&env, &page);
    let newest = env.run("audit list --limit 1 -o json").json();
    assert_eq!(newest[0]["action"], "user.export");
    assert_eq!(newest[0]["after"], json!({"users": 3, "file": "center.html"}));
}

/// Nothing on the page comes from elsewhere or runs, and nothing in the store is markup.
#[test]
fn the_page_stands_by_itself() {
    let env = staffed();
    env.run("report center.html").success();
    let page = fs::read_to_string(env.path("center.html")).unwrap();
    for foreign in ["<script", "<b onmouseover", "http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}: {page}");
    }
    assert!(page.contains("&lt;b onmouseover=x&gt;Bob"), "{page}");
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn an_empty_center() {
    let env = TestEnv::new();
    env.run("store init").success();
    env.run("report center.html").success();
    let page = fs::read_to_string(env.path("center.html")).unwrap();
    for said in [
        "Every active project is covered.",
        "There are no active projects.",
        "There are no agents.",
        "Every active user has signed in.",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[test]
fn names_that_are_not_taken() {
    let env = staffed();
    env.write("there.html", "mine");
    assert_snapshot!(env.run("report center.pdf"), @"
    --- stderr ---
    error: center.pdf does not end in .html
    hint: a report is HTML: call it report.html
    [exit status: 2]
    ");
    assert_snapshot!(env.run("report there.html"), @"
    --- stderr ---
    error: there.html already exists
    hint: `--force` replaces it
    [exit status: 4]
    ");
    assert_eq!(fs::read_to_string(env.path("there.html")).unwrap(), "mine");
    env.run("report there.html --force").success();
    assert!(fs::read_to_string(env.path("there.html")).unwrap().contains("<h1>"));
}

/// A browser reads the page as it was meant, at a desk, on a phone and on paper.
#[test]
fn a_browser_shows_it() {
    let env = staffed();
    env.run("report center.html").success();
    let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .into_iter()
        .find(|path| Path::new(path).exists());
    let Some(browser) = browser else {
        skipped("there is no Chromium here");
        return;
    };
    let address = format!("file://{}", env.path("center.html").display());
    let run = |options: &[&str]| {
        let mut command = Command::new(browser);
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]);
        command.args(["--disable-background-networking", "--disable-sync", "--disable-quic"]);
        command.arg(format!("--user-data-dir={}", env.path("browser").display()));
        command.args(options).arg(&address).current_dir(env.home());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    says_what_json_says(&env, &run(&["--dump-dom"]));
    for size in ["1280,2000", "380,2000"] {
        run(&["--screenshot=screen.png", &format!("--window-size={size}")]);
        assert!(fs::metadata(env.path("screen.png")).unwrap().len() > 10_000);
    }
    run(&["--print-to-pdf=page.pdf"]);
    assert!(fs::read(env.path("page.pdf")).unwrap().starts_with(b"%PDF"));
}
