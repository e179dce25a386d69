//! XLS workbooks, made record by record: every kind of cell is read, and what would fill the memory
//! or has no end is refused.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

use cfb::CompoundFile;
use insta::assert_snapshot;

use crate::common::TestEnv;
use crate::workbooks::{damage, import};

/// A record: its kind, and what it holds.
type Record = (u16, Vec<u8>);

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const CONTINUE: u16 = 0x003c;
const BOUND_SHEET: u16 = 0x0085;
const SST: u16 = 0x00fc;
const FORMULA: u16 = 0x0006;

struct Sheet {
    name: &'static str,
    /// 1 hides it.
    state: u8,
    records: Vec<Record>,
}

fn visible(name: &'static str, records: Vec<Record>) -> Sheet {
    Sheet { name, state: 0, records }
}

/// The parts of a record, one behind the other.
fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn written(records: &[Record]) -> Vec<u8> {
    let mut stream = Vec::new();
    for (kind, content) in records {
        stream.extend(kind.to_le_bytes());
        stream.extend(u16::try_from(content.len()).unwrap().to_le_bytes());
        stream.extend(content);
    }
    stream
}

/// The stream of a workbook of Excel 97 (`0x0600`) or 95 (`0x0500`).
fn stream(version: u16, globals: &[Record], sheets: &[Sheet]) -> Vec<u8> {
    let bof = |what: u16| (BOF, join(&[&version.to_le_bytes(), &what.to_le_bytes(), &[0; 4]]));
    let book = |offsets: &[usize]| {
        let mut records = vec![bof(0x0005)];
        records.extend_from_slice(globals);
        for (sheet, offset) in sheets.iter().zip(offsets) {
            let offset = u32::try_from(*offset).unwrap().to_le_bytes();
            let flags: &[u8] = if version == 0x0600 { &[0] } else { &[] };
            let length = u8::try_from(sheet.name.len()).unwrap();
            let name = sheet.name.as_bytes();
            let content = join(&[&offset, &[sheet.state, 0, length], flags, name]);
            records.push((BOUND_SHEET, content));
        }
        records.push((EOF, Vec::new()));
        written(&records)
    };
    let mut offsets = vec![0; sheets.len()];
    let mut bodies = Vec::new();
    let begin = book(&offsets).len();
    for (sheet, offset) in sheets.iter().zip(&mut offsets) {
        *offset = begin + bodies.len();
        let mut records = vec![bof(0x0010)];
        records.extend_from_slice(&sheet.records);
        records.push((EOF, Vec::new()));
        bodies.extend(written(&records));
    }
    [book(&offsets), bodies].concat()
}

/// A compound file with this stream.
fn compound(name: &str, content: &[u8]) -> Vec<u8> {
    let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream(name).unwrap().write_all(content).unwrap();
    file.into_inner().into_inner()
}

fn xls(stream: &[u8]) -> Vec<u8> {
    compound("/Workbook", stream)
}

/// A workbook of Excel 97 with one sheet.
fn book(globals: &[Record], records: Vec<Record>) -> Vec<u8> {
    xls(&stream(0x0600, globals, &[visible("Staff", records)]))
}

/// What every cell begins with: its place, and a format.
fn cell(row: u16, column: u16, format: u16, content: &[u8]) -> Vec<u8> {
    join(&[&row.to_le_bytes(), &column.to_le_bytes(), &format.to_le_bytes(), content])
}

fn label(row: u16, column: u16, text: &str) -> Record {
    let length = u16::try_from(text.len()).unwrap().to_le_bytes();
    (0x0204, cell(row, column, 0, &join(&[&length, &[0], text.as_bytes()])))
}

fn shared(row: u16, column: u16, index: u32) -> Record {
    (0x00fd, cell(row, column, 0, &index.to_le_bytes()))
}

fn number(row: u16, column: u16, format: u16, number: f64) -> Record {
    (0x0203, cell(row, column, format, &number.to_le_bytes()))
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A formula with the eight bytes that it came to.
fn formula(row: u16, column: u16, value: [u8; 8]) -> Record {
    (FORMULA, cell(row, column, 0, &join(&[&value, &[0; 6], &[5, 0, 0x17, 2, 0, b'h', b'i']])))
}

fn header() -> Vec<Record> {
    let names = ["username", "name", "phone", "role", "project selection", "language"];
    (0..).zip(names).map(|(column, name)| label(0, column, name)).collect()
}

/// Shared texts over two records, formatted ones, formulas with their values, numbers in each of
/// their forms, what is written out of order and twice, a chart between the cells.
#[test]
fn every_kind_of_cell_is_read() {
    let env = TestEnv::with_places();
    let name = "Kiss Őszkár";
    let rich = [&[4, 0, 8, 1, 0][..], b"anna", &[1, 0, 0, 0]].concat();
    let spoken = [&[11, 0, 4, 5, 0, 0, 0][..], b"Kiss "].concat();
    let rest = [&[1][..], &wide("Őszkár"), b"spoke"].concat();
    let texts = (SST, join(&[&2_u32.to_le_bytes(), &2_u32.to_le_bytes(), &rich, &spoken]));
    let globals = [texts, (CONTINUE, rest)];
    let mut records = header();
    let rk = |bits: u32| [&[0, 0][..], &bits.to_le_bytes()].concat();
    records.extend([
        // What the sheet says of its size is not asked for.
        (0x0200, join(&[&[0; 4], &u32::MAX.to_le_bytes(), &[0, 0, 255, 255, 0, 0]])),
        // 4711, and 12.34 in hundredths.
        (0x00bd, join(&[&[2, 0, 0, 0], &rk(4711 << 2 | 2), &rk(1234 << 2 | 3), &[1, 0]])),
        label(2, 3, "agent"),
        (BOF, vec![0, 6, 0x20, 0]),
        label(1, 0, "chart"),
        (EOF, Vec::new()),
        // One formula is true, one came to a text in two records.
        formula(2, 4, [1, 0, 1, 0, 0, 0, 0xff, 0xff]),
        label(1, 3, "admin"),
        formula(1, 2, [0, 0, 0, 0, 0, 0, 0xff, 0xff]),
        (0x0207, join(&[&[12, 0, 0], b"+3620"])),
        (CONTINUE, join(&[&[1], &wide("1234567")])),
        (0x0205, cell(1, 4, 0, &[0, 0])),
        label(1, 3, "agent"),
        shared(1, 0, 0),
        shared(1, 1, 1),
        (0x00d6, cell(1, 5, 0, &[2, 0, 0, b'h', b'u', 1, 0, 0, 0, 0, 0])),
        (0x0204, cell(2, 5, 0, &[0, 0])),
    ]);
    env.write("people.xls", book(&globals, records));
    env.run("user import people.xls --no-password").success();
    let columns = "user list --columns username,full_name,phone,roles,language -o csv";
    assert_snapshot!(env.run(columns).stdout, @"
    username,full_name,phone,roles,language
    4711,12.34,,agent,
    anna,Kiss Őszkár,+36201234567,agent,hu
    ");
    assert_eq!(env.run("user show anna -o json").json()["full_name"], name);
    assert_eq!(env.run("user show anna -o json").json()["project_selection"], false);
}

/// A date is one by its format, and a number without a day is none.
#[test]
fn numbers_are_dates_by_their_format() {
    let env = TestEnv::with_places();
    let code = |number: u16, code: &str| {
        let length = u16::try_from(code.len()).unwrap().to_le_bytes();
        (0x041e, join(&[&number.to_le_bytes(), &length, &[0], code.as_bytes()]))
    };
    let format = |number: u16| (0x00e0, join(&[&[0, 0], &number.to_le_bytes(), &[0; 16]]));
    let globals = [
        code(170, "[$-40E]yyyy/ mmm d.;@"),
        code(171, "[Red]0 \"days\""),
        format(0),
        format(14),
        format(170),
        format(171),
    ];
    for (date_mode, first_day) in [(0, "1900-01-01"), (1, "1904-01-02")] {
        let mut globals = globals.to_vec();
        globals.push((0x0022, vec![date_mode, 0]));
        let mut records = vec![label(0, 0, "username"), label(0, 1, "language")];
        let values = [(0, 46_347.0), (1, 46_347.5), (2, 1.0), (3, 0.25), (1, 1e300), (1, -2.0)];
        for (row, (format, value)) in (1..).zip(values) {
            records.extend([label(row, 0, "anna"), number(row, 1, format, value)]);
        }
        env.write("people.xls", book(&globals, records));
        let refused = env.run("user import people.xls --all-errors").stderr;
        let big = 1e300.to_string();
        let noon = if date_mode == 0 { "2026-11-21T12:00:00" } else { "2030-11-22T12:00:00" };
        for value in ["46347", noon, first_day, "0.25", &big, "-2"] {
            assert!(refused.contains(&format!("`{value}`")), "{value}: {refused}");
        }
    }
}

#[test]
fn damage_is_named_by_its_cell() {
    let env = TestEnv::with_places();
    let mut records = header();
    records.extend([
        label(1, 0, "anna"),
        (0x0205, cell(1, 1, 0, &[0x2a, 1])),
        label(2, 0, "bela"),
        formula(2, 1, [0, 0, 0, 0, 0, 0, 0xff, 0xff]),
        label(3, 0, "cili"),
        formula(3, 1, [2, 0, 7, 0, 0, 0, 0xff, 0xff]),
        label(65_535, 0, "dora"),
        label(65_535, 255, "far away"),
    ]);
    env.write("people.xls", book(&[], records));
    let line = "ulimit -v 400000; $ccadmin user import people.xls --no-password";
    assert_snapshot!(env.sh(line).output(), @"
    --- stderr ---
    error: 3 users are new and have no roles, first `anna` in line 2
    error: people.xls, cell B2: `#N/A` is an error of the spreadsheet that wrote the file
    error: people.xls, cell B3: the formula of the cell was never computed
    error: people.xls, cell B4: `#DIV/0!` is an error of the spreadsheet that wrote the file
    error: people.xls, cell IV65536: `far away` is in a column without a name
    error: 4 rows were refused
    hint: give it in the row, or give `--default FIELD=VALUE` or `--like USERNAME`
    hint: fix the cell there, or write the value in its place
    hint: open the file in a spreadsheet and save it: that computes it
    hint: give it one in the header, or take it out
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import people.xls --no-password --default roles=agent
    [exit status: 11]
    ");
}

/// Excel 95 wrote bytes, and a hidden sheet is passed over there too.
#[test]
fn a_workbook_of_excel_95_is_read_in_its_code_page() {
    let env = TestEnv::with_places();
    let label = |row, column, text: &[u8]| {
        let length = u16::try_from(text.len()).unwrap().to_le_bytes();
        (0x0204, cell(row, column, 0, &join(&[&length, text])))
    };
    let records = vec![
        label(0, 0, b"username"),
        label(0, 1, b"name"),
        label(0, 2, b"role"),
        label(1, 0, b"kovacs"),
        label(1, 1, b"Kov\xe1cs \xd5sz\xf5"),
        label(1, 2, b"agent"),
    ];
    let hidden = Sheet { name: "Lists", state: 1, records: vec![label(0, 0, b"agent")] };
    let sheets = [hidden, visible("Staff", records)];
    let code_page = |number: u16| vec![(0x0042, number.to_le_bytes().to_vec())];
    let content = stream(0x0500, &code_page(1250), &sheets);
    env.write("people.xls", compound("/Book", &content));
    env.run("user import people.xls --no-password").success();
    assert_eq!(env.run("user show kovacs -o json").json()["full_name"], "Kovács Ősző");
    let content = stream(0x0500, &code_page(4711), &sheets);
    env.write("people.xls", compound("/Book", &content));
    let refused = env.run("user import people.xls");
    assert!(refused.stderr.contains("the unknown code page 4711"), "{refused}");
}

/// R57: a small file that says that it is huge, or that has no end, is refused at once.
#[test]
fn hostile_workbooks_of_excel_97_are_refused() {
    let env = TestEnv::with_users();
    let people = || vec![label(0, 0, "username"), label(1, 0, "james")];
    let texts = |announced: u32, text: &[u8]| {
        (SST, join(&[&announced.to_le_bytes(), &announced.to_le_bytes(), text]))
    };
    let outside = {
        let mut content = stream(0x0600, &[], &[visible("Staff", people())]);
        // The offset of the sheet, behind the first record of eight bytes and the head of its own.
        content[16..20].copy_from_slice(&0x7fff_0000_u32.to_le_bytes());
        xls(&content)
    };
    let same = {
        let blank = (0..5_000).map(|row| (0x0201, cell(row, 0, 0, &[]))).collect();
        let mut content = stream(0x0600, &[], &[visible("a", blank), visible("b", Vec::new())]);
        let offset: [u8; 4] = content[16..20].try_into().unwrap();
        content[16 + 13..20 + 13].copy_from_slice(&offset);
        xls(&content)
    };
    let long = "x".repeat(8_000);
    let repeated = {
        let length = u16::try_from(long.len()).unwrap().to_le_bytes();
        let text = texts(1, &join(&[&length, &[0], long.as_bytes()]));
        book(&[text], (0..20_000).map(|row| shared(row, 0, 0)).collect())
    };
    let whole = stream(0x0600, &[], &[visible("Staff", people())]);
    let listing = {
        let mut file = xls(&whole);
        file.resize(4096 * 40, 0);
        file[68..72].copy_from_slice(&5_u32.to_le_bytes());
        for sector in 5_u32..38 {
            let end = 4096 * (sector as usize + 2);
            file[end - 4..end].copy_from_slice(&(sector + 1).to_le_bytes());
        }
        file
    };
    let sheets: Vec<Sheet> = (0..1_001).map(|_| visible("a", Vec::new())).collect();
    let cases: [(&str, Vec<u8>, &str); 15] = [
        ("outside", outside, "damaged"),
        ("same", same, "its sheets overlap"),
        ("texts", book(&[texts(1 << 31, b"")], people()), "announces more texts"),
        ("text", book(&[texts(1, &[255, 255, 0, b'x'])], people()), "cut off"),
        ("no text", book(&[texts(1, b"")], vec![shared(0, 0, 7)]), "a text that is not there"),
        ("spoken", book(&[texts(1, &[1, 0, 4, 255, 255, 255, 255, b'x'])], people()), "cut off"),
        ("repeated", repeated, "more than a roster"),
        ("cut", xls(&whole[..whole.len() - 10]), "cut off"),
        ("no end", xls(&whole[..whole.len() - 4]), "cut off"),
        ("nothing", xls(b""), "cut off"),
        ("another", compound("/WordDocument", b"x"), "there is no workbook in it"),
        ("password", book(&[(0x002f, vec![0; 6])], people()), "encrypted"),
        ("package", compound("/EncryptedPackage", b"x"), "encrypted"),
        ("listing", listing, "does not end"),
        ("sheets", xls(&stream(0x0600, &[], &sheets)), "more than 1000 sheets"),
    ];
    let before = env.contents();
    for (name, file, why) in cases {
        env.write("hostile.xls", file);
        let line = "ulimit -v 400000; $ccadmin user import hostile.xls --on-conflict update";
        let output = env.sh(line).output();
        assert_eq!(output.status, Some(11), "{name}: {output}");
        assert!(output.stderr.contains(why), "{name}: {output}");
    }
    assert_eq!(env.contents(), before);
}

/// Damages the compound file, and the stream in it, which is packed again.
#[test]
fn fuzz_xls() {
    let file = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workbooks/staff.xls"));
    let file = file.unwrap();
    let mut stream = Vec::new();
    let mut compound = CompoundFile::open(Cursor::new(&file)).unwrap();
    compound.open_stream("/Workbook").unwrap().read_to_end(&mut stream).unwrap();
    bolero::check!().with_max_len(17).with_iterations(160).for_each(|bytes: &[u8]| {
        let Some((chosen, changes)) = bytes.split_first() else { return };
        if chosen % 2 == 0 {
            let mut file = file.clone();
            damage(&mut file, changes);
            import(file);
        } else {
            let mut stream = stream.clone();
            damage(&mut stream, changes);
            import(xls(&stream));
        }
    });
}
