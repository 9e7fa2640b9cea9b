package dev.waitok.kmalloc.slab;

/**
 * Which classes of which accounts of one owner may have a ready block. In the owner's section only.
 *
 * <p>The budget keeps what is ready small: by the number of blocks, by their bytes for the owner,
 * and by their bytes for each account, since they count against its type's limit.
 */
final class ReadyBlocks {
  private static final int MOST = 512;

  private final Account[] accounts = new Account[MOST];
  private final byte[] classes = new byte[MOST];
  private int count;
  private long bytes;

  /** Lets an account have a ready block of a class, if the budget allows it. */
  void open(Account account, int sizeClass, long budget) {
    int size = SizeClasses.size(sizeClass);
    if (count < MOST && bytes + size <= budget && opened(account) + size <= account.most) {
      account.ready[sizeClass] = Account.EMPTY;
      accounts[count] = account;
      classes[count] = (byte) sizeClass;
      count++;
      bytes += size;
    }
  }

  private static long opened(Account account) {
    long sum = 0;
    for (int c = 0; c < SizeClasses.COUNT; c++) {
      if (account.ready[c] != Account.CLOSED) {
        sum += SizeClasses.size(c);
      }
    }
    return sum;
  }

  int count() {
    return count;
  }

  Account account(int i) {
    return accounts[i];
  }

  int sizeClass(int i) {
    return classes[i];
  }

  /** Closes all classes; their blocks have been taken back. */
  void closeAll() {
    for (int i = 0; i < count; i++) {
      accounts[i].ready[classes[i]] = Account.CLOSED;
    }
    count = 0;
    bytes = 0;
  }

  /** Whether a block is ready; a look from elsewhere, of the moment. */
  boolean any() {
    for (int i = 0; i < count; i++) {
      if (accounts[i].ready[classes[i]] >= 0) {
        return true;
      }
    }
    return false;
  }
}
