#include "core/unique_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <type_traits>
#include <utility>

namespace govhost {
namespace {

int new_fd() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

static_assert(!std::is_copy_constructible_v<UniqueFd> && !std::is_copy_assignable_v<UniqueFd>);

TEST(UniqueFd, ClosesAtItsEnd) {
  const int fd = new_fd();
  {
    const UniqueFd owner(fd);
    EXPECT_TRUE(owner.valid());
    EXPECT_EQ(owner.get(), fd);
    EXPECT_TRUE(is_open(fd));
  }
  EXPECT_FALSE(is_open(fd));
}

TEST(UniqueFd, OwnsNothingAtFirst) {
  UniqueFd none;
  EXPECT_FALSE(none.valid());
  EXPECT_EQ(none.release(), -1);
  none.reset();
  EXPECT_FALSE(UniqueFd(-1).valid());
}

TEST(UniqueFd, ZeroIsADescriptorToo) {
  UniqueFd input(0);
  EXPECT_TRUE(input.valid());
  EXPECT_EQ(input.release(), 0);
}

TEST(UniqueFd, MovesItsOwnership) {
  const int fd = new_fd();
  UniqueFd first(fd);
  UniqueFd second(std::move(first));
  EXPECT_FALSE(first.valid());  // NOLINT: the state after a move is promised
  EXPECT_EQ(second.get(), fd);

  const int replaced = new_fd();
  UniqueFd third(replaced);
  third = std::move(second);
  EXPECT_FALSE(is_open(replaced));
  EXPECT_TRUE(is_open(fd));

  UniqueFd& same = third;
  third = std::move(same);
  EXPECT_EQ(third.get(), fd);
  EXPECT_TRUE(is_open(fd));
}

TEST(UniqueFd, GivesUpOwnershipOrCloses) {
  const int fd = new_fd();
  UniqueFd owner(fd);
  EXPECT_EQ(owner.release(), fd);
  EXPECT_FALSE(owner.valid());
  EXPECT_TRUE(is_open(fd));
  UniqueFd again(fd);
  again.reset();
  EXPECT_FALSE(again.valid());
  EXPECT_FALSE(is_open(fd));
}

}  // namespace
}  // namespace govhost
