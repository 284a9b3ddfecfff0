#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/event_log.hpp>
#include <limits>
#include <string>
#include <vector>

#include "data/dictionary_builder.hpp"
#include "data/event_columns.hpp"

using namespace cartwheel;
using ::testing::ElementsAre;

namespace {

std::vector<std::string> strings_of(const Dictionary& dictionary) {
  std::vector<std::string> strings;
  for (std::size_t code = 0; code < dictionary.size(); ++code)
    strings.emplace_back(dictionary[static_cast<Code>(code)]);
  return strings;
}

TEST(EventTypeNames, AreThoseOfTheFiles) {
  EXPECT_EQ(name_of(EventType::view), "view");
  EXPECT_EQ(name_of(EventType::cart), "cart");
  EXPECT_EQ(name_of(EventType::remove_from_cart), "remove_from_cart");
  EXPECT_EQ(name_of(EventType::purchase), "purchase");
  EXPECT_EQ(name_of(EventType::other), "other");
}

TEST(EventLog, StartsEmptyWithTheMissingValueInEachDictionary) {
  const EventLog log;
  EXPECT_EQ(log.size(), 0u);
  for (const Dictionary& d :
       {log.products(), log.category_ids(), log.category_codes(), log.brands(), log.users(), log.sessions()}) {
    ASSERT_EQ(d.size(), 1u);
    EXPECT_EQ(d[missing_code], "");
  }
}

TEST(EventLogBuilder, GivesCodesInOrderOfFirstAppearance) {
  EventLogBuilder builder;
  builder.add({.time = 30, .type = EventType::cart, .product = "b", .user = "u", .session = "s2", .price = 12'500});
  builder.add(
      {.time = 10, .product = "a", .category_id = "7", .category_code = "x.y", .brand = "acme", .session = "s1"});
  builder.add({.time = 20, .type = EventType::other, .product = "b", .brand = "acme", .session = "s2", .price = -1});
  ASSERT_EQ(builder.size(), 3u);
  const EventLog log = builder.build();
  EXPECT_THAT(log.time(), ElementsAre(30, 10, 20));
  EXPECT_THAT(log.type(), ElementsAre(EventType::cart, EventType::view, EventType::other));
  EXPECT_THAT(log.price(), ElementsAre(12'500, missing_price, -1));
  EXPECT_THAT(log.product(), ElementsAre(1, 2, 1));
  EXPECT_THAT(log.category_id(), ElementsAre(0, 1, 0));
  EXPECT_THAT(log.category_code(), ElementsAre(0, 1, 0));
  EXPECT_THAT(log.brand(), ElementsAre(0, 1, 1));
  EXPECT_THAT(log.user(), ElementsAre(1, 0, 0));
  EXPECT_THAT(log.session(), ElementsAre(1, 2, 1));
  EXPECT_THAT(strings_of(log.products()), ElementsAre("", "b", "a"));
  EXPECT_THAT(strings_of(log.category_ids()), ElementsAre("", "7"));
  EXPECT_THAT(strings_of(log.category_codes()), ElementsAre("", "x.y"));
  EXPECT_THAT(strings_of(log.brands()), ElementsAre("", "acme"));
  EXPECT_THAT(strings_of(log.users()), ElementsAre("", "u"));
  EXPECT_THAT(strings_of(log.sessions()), ElementsAre("", "s2", "s1"));

  const Event event = log.event(1);
  EXPECT_EQ(event.time, 10);
  EXPECT_EQ(event.sequence, 1u);
  EXPECT_EQ(event.type, EventType::view);
  EXPECT_EQ(event.price, missing_price);
  EXPECT_EQ(event.product, 2u);
  EXPECT_EQ(event.category_id, 1u);
  EXPECT_EQ(event.category_code, 1u);
  EXPECT_EQ(event.brand, 1u);
  EXPECT_EQ(event.user, missing_code);
  EXPECT_EQ(event.session, 2u);
}

TEST(EventLogBuilder, IsEmptyAfterBuildAndTheLogKeepsItsText) {
  EventLogBuilder builder;
  builder.add({.product = "first"});
  const EventLog first = builder.build();
  EXPECT_EQ(builder.size(), 0u);
  builder.add({.product = "second"});
  const EventLog copy = first, second = builder.build();
  EXPECT_EQ(copy.products()[1], "first");
  EXPECT_EQ(second.products()[1], "second");
  EXPECT_EQ(copy.product().data(), first.product().data()) << "copies share storage";
}

TEST(EventLogBuilder, RefusesTimesAndPricesThatWouldOverflowLater) {
  EventLogBuilder builder;
  EXPECT_THROW(builder.add({.time = std::numeric_limits<std::int64_t>::max()}), DataError);
  EXPECT_THROW(builder.add({.time = std::numeric_limits<std::int64_t>::min()}), DataError);
  EXPECT_THROW(builder.add({.price = largest_price + 1}), DataError);
  EXPECT_THROW(builder.add({.price = -largest_price - 1}), DataError);
  EXPECT_EQ(builder.size(), 0u);
  builder.add({.price = largest_price});
  builder.add({.price = -largest_price});
  EXPECT_EQ(builder.size(), 2u);
}

TEST(DictionaryBuilder, FindsEveryStringAgainThroughManyGrowths) {
  data::DictionaryBuilder builder;
  constexpr Code count = 100'000;
  for (Code i = 1; i <= count; ++i) ASSERT_EQ(builder.code_of("item_" + std::to_string(i * 7)), i);
  for (Code i = 1; i <= count; ++i) ASSERT_EQ(builder.code_of("item_" + std::to_string(i * 7)), i);
  EXPECT_EQ(builder.view().size(), count + 1u);
  EXPECT_EQ(builder.view()[2], "item_14");
}

TEST(DictionaryBuilder, TakesAnyBytesAndTellsPrefixesApart) {
  using namespace std::string_view_literals;
  data::DictionaryBuilder builder;
  EXPECT_EQ(builder.code_of(""), missing_code);
  EXPECT_EQ(builder.code_of("a"), 1u);
  EXPECT_EQ(builder.code_of("a\0"sv), 2u);
  EXPECT_EQ(builder.code_of("a\0b"sv), 3u);
  EXPECT_EQ(builder.code_of("\xff\xfe"), 4u);
  EXPECT_EQ(builder.code_of("a\0"sv), 2u);
  EXPECT_EQ(builder.view()[3], "a\0b"sv);
}

TEST(DictionaryBuilder, IsFullAtItsLimit) {
  data::DictionaryBuilder builder(2);
  EXPECT_EQ(builder.code_of("a"), 1u);
  EXPECT_EQ(builder.code_of("b"), 2u);
  EXPECT_THROW(builder.code_of("c"), DataError);
  EXPECT_EQ(builder.code_of("b"), 2u);
  EXPECT_EQ(builder.view().size(), 3u);
}

TEST(EventColumns, AddsALogWithItsOwnCodes) {
  EventLogBuilder builder;
  builder.add({.time = 1, .product = "x", .user = "u1", .price = 5});
  builder.add({.time = 2, .type = EventType::purchase, .product = "y", .user = "u2"});
  const EventLog log = builder.build();
  data::EventColumns columns;
  columns.add({.time = 0, .product = "y"});
  columns.add_log(log);
  columns.add_log(log);
  const EventLog all = data::EventColumns::finish(std::move(columns));
  EXPECT_THAT(all.time(), ElementsAre(0, 1, 2, 1, 2));
  EXPECT_THAT(all.product(), ElementsAre(1, 2, 1, 2, 1));
  EXPECT_THAT(all.user(), ElementsAre(0, 1, 2, 1, 2));
  EXPECT_THAT(strings_of(all.products()), ElementsAre("", "y", "x"));
  EXPECT_EQ(all.type()[4], EventType::purchase);
  EXPECT_THAT(all.price(), ElementsAre(missing_price, 5, missing_price, 5, missing_price));
}

}  // namespace
