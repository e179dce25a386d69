//! The SQL of photos.

use super::{Reader, StoreError, Transaction};
use crate::model::{Photo, PhotoKind, UserId};

impl Reader<'_> {
    /// The photo of the user `id`.
    pub(crate) fn photo(&self, id: UserId) -> Result<Option<Photo>, StoreError> {
        self.engine.optional(
            "SELECT kind, content FROM photos WHERE user_id = ?1",
            &[id.0.into()],
            |row| {
                let kind = match row.integer(0)? {
                    0 => PhotoKind::Png,
                    1 => PhotoKind::Jpeg,
                    _ => return Err(row.unexpected(0)),
                };
                Ok(Photo::from_stored(kind, row.blob(1)?))
            },
        )
    }
}

impl Transaction<'_> {
    /// Gives the user `id` a photo, in place of the one that they had.
    pub(crate) fn put_photo(&self, id: UserId, photo: &Photo) -> Result<(), StoreError> {
        let kind = match photo.kind() {
            PhotoKind::Png => 0,
            PhotoKind::Jpeg => 1,
        };
        self.engine.execute(
            "INSERT INTO photos (user_id, kind, content) VALUES (?1, ?2, ?3) \
             ON CONFLICT (user_id) DO UPDATE SET kind = excluded.kind, content = excluded.content",
            &[id.0.into(), kind.into(), photo.content().into()],
        )?;
        Ok(())
    }

    /// Takes the photo of the user `id` away.
    pub(crate) fn remove_photo(&self, id: UserId) -> Result<(), StoreError> {
        self.engine.execute("DELETE FROM photos WHERE user_id = ?1", &[id.0.into()])?;
        Ok(())
    }
}
