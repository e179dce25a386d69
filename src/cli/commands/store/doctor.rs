//! The store's part of `ccadmin doctor`: what it is, and what is wrong with it.

use super::finding::Finding;
use super::{check, info};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, ErrorCode};

/// What a report says of the store.
pub(crate) type StoreReport = info::StoreView;

/// The statuses that say that somebody may not look.
const MAY_NOT_LOOK: std::ops::RangeInclusive<u8> =
    ErrorCode::Forbidden.status()..=ErrorCode::PasswordChangeRequired.status();

/// The store and what is wrong with it and with the way it is installed. The first is `None` where it
/// cannot be opened, which the second then tells, and where it is not for the person who acts to see,
/// of which a warning tells.
///
/// # Errors
///
/// There is nobody left to tell, or a signal has come.
pub(crate) fn examine(
    context: &Context,
) -> Result<(Option<StoreReport>, Vec<Finding>), CommandEnd> {
    let view = context.directory(StoreAccess::Read).map_err(CommandEnd::from);
    let view = view.and_then(|directory| info::view(context, &directory));
    if let Err(CommandEnd::Failed(failure)) = &view
        && MAY_NOT_LOOK.contains(&failure.code.status())
    {
        let message = format!("the store was not looked at: {}", failure.message);
        context.ui.warning("store-not-examined", &message);
        return Ok((None, Vec::new()));
    }
    let findings = match check::findings(context) {
        Ok(findings) => findings,
        Err(CommandEnd::Failed(failure)) => vec![(*failure).into()],
        Err(end) => return Err(end),
    };
    Ok((view.ok().map(StoreReport::without_secrets), findings))
}
