//! The second factor: a code of six digits that is sent to the user's phone.
//!
//! It lives for some minutes, works once, and is kept as a hash. Whoever asks for one, or gives a
//! wrong one, has paid for their try before they learn anything, and the right password alone gives
//! nothing of that back.

#[cfg(test)]
mod tests;

use serde_json::json;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::directory::sign_in::verified::{Verified, require_unchanged};
use crate::directory::{Directory, Error};
use crate::model::{AuditOutcome, Duration, Entropy, Phone, Secret, Timestamp};
use crate::store::{Reader, StoredCode};

/// So long after a code was sent no new one is, whatever became of it.
const CODE_RESEND_INTERVAL: Duration = Duration::from_seconds(30);

/// A code that was made and has to be sent now.
#[derive(Debug)]
pub struct NewCode {
    /// The code; this is the only time that it is known.
    pub code: Secret,
    /// Where it goes.
    pub phone: Phone,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// The code that somebody was last sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentCode {
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// The end of the number that it went to, enough to know one's own by.
    pub phone_end: String,
}

impl Directory {
    /// The code that somebody who has given their password was last sent.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be read.
    pub fn sent_code(&self, verified: &Verified) -> Result<Option<SentCode>, Error> {
        const SHOWN_DIGITS: usize = 2;
        let snapshot = self.store.read()?;
        let Some(code) = snapshot.code(verified.user.id)? else { return Ok(None) };
        let user = snapshot.find_user(verified.username())?;
        let phone = user.and_then(|user| user.phone);
        let phone_end = phone.map_or_else(String::new, |phone| {
            let digits = phone.as_str();
            digits.get(digits.len().saturating_sub(SHOWN_DIGITS)..).unwrap_or_default().to_owned()
        });
        let StoredCode { sent_at, expires_at, .. } = code;
        Ok(Some(SentCode { sent_at, expires_at, phone_end }))
    }

    /// Makes a code for somebody who has given their password; `None` where one was sent a moment ago
    /// and still works.
    ///
    /// # Errors
    ///
    /// [`Error::AuthenticationFailed`], where they have no phone;
    /// [`Error::CodeNotSent`], where one could not be sent a moment ago;
    /// [`Error::PasswordChangeRequired`], where their password is temporary;
    /// [`Error::PasswordChangedMeanwhile`] and its like, where the account is not what it was.
    pub fn create_code(&mut self, verified: &mut Verified) -> Result<Option<NewCode>, Error> {
        let now = self.now();
        let salt = self.fill_random()?;
        let code = six_digits(&mut **self.entropy.get_mut())?;
        let transaction = self.store.write()?;
        require_unchanged(&transaction, verified, now)?;
        if verified.must_change() {
            return Err(self.refuse_temporary(transaction, verified));
        }
        let user = transaction.find_user(verified.username())?;
        let Some(phone) = user.and_then(|user| user.phone) else {
            let mark = verified.reservation.mark.take();
            self.commit_failure(transaction, mark, Some(&verified.user), "no phone")?;
            return Err(Error::AuthenticationFailed);
        };
        let id = verified.user.id;
        let last = transaction.code(id)?.filter(|last| last.sent_at <= now);
        let next_at = last.as_ref().map_or(now, |last| last.sent_at.plus(CODE_RESEND_INTERVAL));
        let is_valid = last.is_some_and(|last| is_valid(&last, now));
        if !is_valid && now < next_at {
            // The password was right: that nothing could be sent is no fault of the user's.
            self.refund(&transaction, verified)?;
            self.settle_proof(&transaction, &mut verified.reservation)?;
            self.commit_failure(transaction, None, Some(&verified.user), "code not sent")?;
            let username = verified.username().clone();
            let wait = Duration::from_seconds(next_at.seconds() - now.seconds());
            return Err(Error::CodeNotSent { username, wait });
        }
        // The caller has proved to be no stranger here; the account stays charged.
        let mut reservation = verified.reservation;
        self.refund_caller(&transaction, &mut reservation)?;
        self.settle_proof(&transaction, &mut reservation)?;
        if !is_valid {
            // Whoever asks again and again is turned away in the end as they are for wrong passwords.
            self.leave_open_for_code(&transaction, id)?;
        }
        if now < next_at {
            let again = json!({"kind": "code", "sent": false});
            let entry = self.sign_in_entry(Some(&verified.user), AuditOutcome::Done, again);
            let recorded = transaction.record(&entry)?;
            transaction.commit(recorded)?;
            verified.reservation = reservation;
            return Ok(None);
        }
        let expires_at = now.plus(self.policy.code_ttl);
        let stored =
            StoredCode { salt, hash: hash(&salt, code.expose()), sent_at: now, expires_at };
        transaction.put_code(id, &stored)?;
        let entry =
            self.sign_in_entry(Some(&verified.user), AuditOutcome::Done, json!({"kind": "code"}));
        let recorded = transaction.record(&entry)?;
        transaction.commit(recorded)?;
        verified.reservation = reservation;
        Ok(Some(NewCode { code, phone, expires_at }))
    }

    /// Takes back the code that was made for somebody, as it could not be sent, and what the try was
    /// charged: the password was right. When it was is kept, so that the next one waits as well.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be written.
    pub fn withdraw_code(&mut self, verified: &mut Verified, new: &NewCode) -> Result<(), Error> {
        let id = verified.user.id;
        let transaction = self.store.write()?;
        // The sending may have taken so long that there is a newer one.
        let made = transaction.code(id)?;
        if let Some(made) = made.filter(|made| made.hash == hash(&made.salt, new.code.expose())) {
            transaction.put_code(id, &StoredCode { expires_at: made.sent_at, ..made })?;
        }
        self.refund(&transaction, verified)?;
        Ok(transaction.commit_bookkeeping()?)
    }
}

/// Whether `given` is the code that was sent to the user and still works.
pub(in crate::directory) fn matches_code(
    reader: &Reader<'_>,
    verified: &Verified,
    given: &Secret,
    now: Timestamp,
) -> Result<bool, Error> {
    let Some(sent) = reader.code(verified.user.id)? else { return Ok(false) };
    // As it is read from a phone: in groups, perhaps.
    let digits: Zeroizing<String> =
        Zeroizing::new(given.expose().chars().filter(|digit| !" -\t".contains(*digit)).collect());
    let same = hash(&sent.salt, &digits).iter().zip(sent.hash).fold(0, |d, (a, b)| d | (a ^ b));
    Ok(same == 0 && is_valid(&sent, now))
}

/// A clock that was set back makes no code live longer.
fn is_valid(code: &StoredCode, now: Timestamp) -> bool {
    code.sent_at <= now && now < code.expires_at
}

fn hash(salt: &[u8; 16], code: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(code).finalize().into()
}

/// Six digits, every number of them equally likely.
fn six_digits(entropy: &mut dyn Entropy) -> Result<Secret, Error> {
    const CODE_COUNT: u32 = 1_000_000;
    // Above the largest multiple some numbers would come up more often.
    const UNBIASED_LIMIT: u32 = u32::MAX - u32::MAX % CODE_COUNT;
    loop {
        let mut bytes = Zeroizing::new([0; 4]);
        entropy.fill(bytes.as_mut_slice()).map_err(Error::Entropy)?;
        let number = u32::from_be_bytes(*bytes);
        if number < UNBIASED_LIMIT {
            return Ok(Secret::new(format!("{:06}", number % CODE_COUNT)));
        }
    }
}
