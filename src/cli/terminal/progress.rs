//! A bar on stderr that shows how far something long is; nothing where nobody looks on.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::ui::Ui;

/// So often a second at most the bar is drawn.
const REDRAWS_PER_SECOND: u8 = 10;

/// What is shown of something long.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    what: &'static str,
}

impl Progress {
    /// A bar for a terminal, unless `-q` or JSON was asked for.
    pub(crate) fn new(ui: &Ui) -> Self {
        let shown = io::stderr().is_terminal()
            && !ui.quiet
            && !ui.format.is_json()
            && !ui.terminal_is_plain;
        let target = || ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND);
        let bar = shown.then(|| ProgressBar::with_draw_target(None, target()));
        Self { bar, what: "" }
    }

    /// Shows that `done` of `total` are done; `timed` ones tell how long the rest will take.
    pub(crate) fn show(&mut self, what: &'static str, done: u64, total: Option<u64>, timed: bool) {
        let Some(bar) = &self.bar else { return };
        if self.what != what {
            self.what = what;
            let template = match (total.is_some(), timed) {
                (true, true) => "{msg} {wide_bar} {pos}/{len}, {eta} left",
                (true, false) => "{msg} {wide_bar} {pos}/{len}",
                (false, _) => "{msg} {pos}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.reset();
            bar.set_message(what);
        }
        if let Some(total) = total {
            bar.set_length(total);
        }
        bar.set_position(done);
    }

    /// Says something else meanwhile.
    pub(crate) fn suspend<T>(&self, say: impl FnOnce() -> T) -> T {
        match &self.bar {
            // A bar that was never shown would appear afterwards, with nothing in it.
            Some(bar) if !self.what.is_empty() => bar.suspend(say),
            _ => say(),
        }
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
