//! The working memory of argon2 in huge pages.
//!
//! A hash touches every page of some 19 MiB. In a fresh process the 4,864 page faults of small
//! pages cost a third of the whole hash; ten huge pages cost next to nothing.
#![expect(
    unsafe_code,
    reason = "no crate gives mapped bytes as argon2 blocks; the one cast is in `as_blocks`"
)]

use argon2::Block;
use memmap2::{MmapMut, MmapOptions};
use zeroize::Zeroizing;

/// The size of a huge page on `x86_64` and on `aarch64` with 4 KiB pages. Where it is another, the
/// memory is aligned more or less than it need be, and works all the same.
const HUGE_PAGE_BYTES: usize = 2 << 20;

const _: () =
    assert!(size_of::<Block>() == Block::SIZE && HUGE_PAGE_BYTES.is_multiple_of(Block::SIZE));

/// Memory for one hash at a time, kept from hash to hash: a thread that computes many has one.
///
/// What a hash leaves in it would let somebody try passwords cheaply. It is overwritten by the next
/// hash, left out of core dumps, and given back to the kernel on drop, which clears pages before
/// anybody else gets them; clearing 19 MiB here as well would only cost time.
#[derive(Default)]
pub struct HashMemory(HashBuffer);

#[derive(Default)]
enum HashBuffer {
    /// Nothing yet.
    #[default]
    None,
    /// Mapped in huge pages, as far as the kernel has them.
    Mapped(MmapMut),
    /// From the allocator, which might hand it on as it is: so it is wiped.
    Heap(Zeroizing<Vec<Block>>),
}

impl HashMemory {
    /// Memory of no size; it grows with the first hash.
    #[must_use]
    pub const fn new() -> Self {
        Self(HashBuffer::None)
    }

    /// `count` blocks of 1 KiB with arbitrary content, or `None` if there is not so much memory.
    pub fn blocks(&mut self, count: usize) -> Option<&mut [Block]> {
        if self.0.blocks().len() < count {
            // What there was goes before the larger one comes, so that both need not fit.
            self.0 = HashBuffer::None;
            self.0 = HashBuffer::with(count)?;
        }
        self.0.blocks().get_mut(..count)
    }
}

impl HashBuffer {
    fn with(count: usize) -> Option<Self> {
        Self::mapped(count).or_else(|| Self::heap(count))
    }

    /// Whole huge pages, and one more for the alignment; a page that is not touched costs nothing.
    fn mapped(count: usize) -> Option<Self> {
        let length = count
            .checked_mul(Block::SIZE)?
            .checked_next_multiple_of(HUGE_PAGE_BYTES)?
            .checked_add(HUGE_PAGE_BYTES)?;
        let map = MmapOptions::new().len(length).map_anon().ok()?;
        #[cfg(target_os = "linux")]
        {
            use memmap2::Advice;
            // Advice: a kernel that knows neither is slower or has a larger dump, nothing else.
            let _ = map.advise(Advice::HugePage);
            let _ = map.advise(Advice::DontDump);
        }
        let mut room = Self::Mapped(map);
        (room.blocks().len() >= count).then_some(room)
    }

    fn heap(count: usize) -> Option<Self> {
        let mut blocks = Vec::new();
        blocks.try_reserve_exact(count).ok()?;
        blocks.resize(count, Block::new());
        Some(Self::Heap(Zeroizing::new(blocks)))
    }

    fn blocks(&mut self) -> &mut [Block] {
        match self {
            Self::None => &mut [],
            Self::Mapped(map) => {
                let start = map.as_ptr().align_offset(HUGE_PAGE_BYTES);
                as_blocks(map.get_mut(start..).unwrap_or_default())
            }
            Self::Heap(blocks) => blocks,
        }
    }
}

/// The whole blocks among `bytes`.
fn as_blocks(bytes: &mut [u8]) -> &mut [Block] {
    // SAFETY: a `Block` is 128 `u64` and nothing else: its size is checked above to leave no room
    // for padding, and any bytes are valid ones. `align_to_mut` sees to alignment and length, and
    // the blocks borrow the bytes.
    let (_, blocks, _) = unsafe { bytes.align_to_mut::<Block>() };
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_and_is_used_again() {
        let mut memory = HashMemory::new();
        let small = memory.blocks(8).unwrap();
        assert_eq!(small.len(), 8);
        small[7].as_mut()[0] = 42;
        let start = small.as_ptr();
        assert_eq!(memory.blocks(4).unwrap().as_ptr(), start);
        assert_eq!(memory.blocks(8).unwrap()[7].as_ref()[0], 42);
        let large = memory.blocks(19_456).unwrap();
        assert_eq!(large.len(), 19_456);
        large[19_455].as_mut()[127] = 1;
    }

    #[test]
    fn starts_on_a_huge_page() {
        let mut memory = HashMemory::new();
        let blocks = memory.blocks(19_456).unwrap();
        assert_eq!(blocks.as_ptr().align_offset(HUGE_PAGE_BYTES), 0);
        assert!(matches!(memory.0, HashBuffer::Mapped(_)));
    }

    #[test]
    fn the_heap_serves_as_well() {
        let mut room = HashBuffer::heap(64).unwrap();
        assert_eq!(room.blocks().len(), 64);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        assert!(HashMemory::new().blocks(usize::MAX).is_none());
        assert!(HashMemory::new().blocks(usize::MAX / Block::SIZE).is_none());
    }
}
