//! Phone numbers that several users have: under two-factor each would get the codes of the others.

use super::{Directory, Error, Task};
use crate::model::{User, Username};
use crate::store::SharedPhone;

impl Directory {
    /// Hands every phone number that several users have to `each`, sorted, until that says stop.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`]; [`Error::Store`], where they cannot be read.
    pub fn shared_phones(&self, each: impl FnMut(SharedPhone) -> bool) -> Result<(), Error> {
        self.authorize(Task::Administer, None)?;
        Ok(self.store.read()?.shared_phones(each)?)
    }

    /// Another user with the phone number of `user`, who has been written already: that nobody can
    /// be looked for is no failure any more. Nobody is looked for where no codes are sent, since it
    /// takes a look at everybody.
    pub(super) fn shares_phone(&self, user: &User) -> Option<Username> {
        let phone = user.phone.as_ref().filter(|_| self.policy.two_factor)?;
        self.store.read().and_then(|read| read.other_with_phone(phone, user.id)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::UserUpdate;
    use crate::directory::fixture::{TestDirectory, new_user, of};
    use crate::model::{NewUser, Role};

    fn call(house: &mut TestDirectory, username: &str, number: &str) -> Option<Username> {
        let update = UserUpdate { phone: Some(Some(of(number))), ..UserUpdate::default() };
        house.update_user(&of(username), &update).unwrap().shares_phone
    }

    /// James, Mary and Zoe, who have no phone yet.
    fn house(two_factor: bool) -> TestDirectory {
        let mut house = TestDirectory::new();
        for name in ["james", "mary", "zoe"] {
            house.agent(name, &[]);
        }
        house.rule(|policy| policy.two_factor = two_factor)
    }

    #[test]
    fn who_gets_the_phone_of_another_is_told_so_under_two_factor() {
        let mut house = house(true);
        assert_eq!(call(&mut house, "zoe", "+36201234567"), None);
        assert_eq!(call(&mut house, "james", "+36201234567"), Some(of("zoe")));
        assert_eq!(
            call(&mut house, "mary", "+36201234567"),
            Some(of("james")),
            "the first by name"
        );
        assert_eq!(call(&mut house, "mary", "+36209999999"), None);
        let update = UserUpdate { language: Some(Some(of("hu"))), ..UserUpdate::default() };
        let change = house.update_user(&of("james"), &update).unwrap();
        assert_eq!(change.shares_phone, None, "said where the number is given");
        let new = NewUser { phone: Some(of("+36201234567")), ..new_user("ann", &[Role::Agent]) };
        assert_eq!(house.create_user(&new, None).unwrap().shares_phone, Some(of("james")));
    }

    #[test]
    fn nobody_is_looked_for_where_no_codes_are_sent() {
        let mut house = house(false);
        assert_eq!(call(&mut house, "zoe", "+36201234567"), None);
        assert_eq!(call(&mut house, "james", "+36201234567"), None);
        assert_eq!(call(&mut house, "mary", "+36209999999"), None);
        let mut shared = Vec::new();
        house
            .shared_phones(|found| {
                shared.push(found);
                true
            })
            .unwrap();
        let ends = [of("james"), of("zoe")];
        assert_eq!(shared, [SharedPhone { phone: of("+36201234567"), ends, users: 2 }]);
    }
}
