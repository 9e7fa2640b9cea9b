package dev.waitok.kmalloc.slab;

/**
 * Which classes of which accounts of one owner may have a ready block. In the owner's section only.
 *
 * <p>The budget keeps what is ready small: by the number of blocks, by their bytes for the owner,
 * and by their bytes for each account, since they count against its type's limit.
 */
final class ReadyBlocks {
  private static final int MOST = 512;

  /**
   * Larger blocks are never ready: those of all classes up to here have 50 KB together, within half
   * of the largest batch, so that the order in which classes come does not matter.
   */
  private static final int LARGEST = 4096;

  private final Account[] accounts = new Account[MOST];
  private final byte[] classes = new byte[MOST];
  private int count;
  private long bytes;

  /** Lets an account have a ready block of a class, if the budget allows it. */
  void open(Account account, int sizeClass, long budget) {
    int size = SizeClasses.size(sizeClass);
    if (size <= LARGEST
        && count < MOST
        && bytes + size <= budget
        && account.openBytes + size <= account.most) {
      account.ready[sizeClass] = Account.EMPTY;
      account.openBytes += size;
      accounts[count] = account;
      classes[count] = (byte) sizeClass;
      count++;
      bytes += size;
    }
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
      accounts[i].openBytes = 0;
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
