#include <gmock/gmock.h>

#include <cartwheel/account.hpp>

namespace cartwheel {
namespace {

std::string text_of(const Account& account) {
  std::string text;
  for (const auto& [name, count, note] : account.entries())
    text += name + "=" + std::to_string(count) + "(" + note + ") ";
  return text;
}

TEST(Account, AddsByNameInTheOrderOfFirstMention) {
  Account account;
  account.add("rows read", 5);
  account.add("rows rejected", 0, "none");
  account.add("rows read", 7, "second file");
  EXPECT_EQ(text_of(account), "rows read=12(second file) rows rejected=0(none) ");
  EXPECT_EQ(account.count("rows read"), 12);
  EXPECT_EQ(account.count("rows rejected"), 0);
  EXPECT_EQ(account.count("never mentioned"), 0);
}

TEST(Account, KeepsTheFirstNoteThatIsNotEmpty) {
  Account account;
  account.add("prices rounded", 1);
  account.add("prices rounded", 1, "row 3");
  account.add("prices rounded", 1, "row 9");
  EXPECT_EQ(text_of(account), "prices rounded=3(row 3) ");
}

TEST(Account, AddsAnother) {
  Account one, two;
  one.add("a", 1);
  two.add("b", 2, "why");
  two.add("a", 3);
  one.add_all(two);
  EXPECT_EQ(text_of(one), "a=4() b=2(why) ");
  one.add_all(Account());
  EXPECT_EQ(text_of(one), "a=4() b=2(why) ");
}

TEST(Account, CanBeAddedToItself) {
  Account account;
  account.add("a", 2);
  account.add_all(account);
  EXPECT_EQ(text_of(account), "a=4() ");
}

}  // namespace
}  // namespace cartwheel
