package dev.waitok.kmalloc.slab;

import java.util.Arrays;

/**
 * Which classes of which accounts of one owner may have a ready block. In the owner's section only.
 *
 * <p>What is ready is kept small: by the number of blocks; by the pages of the zones they may keep
 * from becoming empty, which count as idle; and by their bytes for each account, since they count
 * against its type's limit. Many types share the zones of a class: its ready blocks keep no more
 * pages than it has, however many they are.
 */
final class ReadyBlocks {
  private static final int MOST = 2048;

  /**
   * Larger blocks are never ready: those of all classes up to here have 50 KB together, within half
   * of the largest batch, so that the order in which classes come does not matter.
   */
  private static final int LARGEST = 4096;

  private final int openAfter;

  private final Account[] accounts = new Account[MOST];
  private final byte[] classes = new byte[MOST];

  /** By class: how many pages the owner's zones have. */
  private final int[] pagesOfClass = new int[SizeClasses.COUNT];

  /** By class: the sum of the pages of the zones that the accounts were opened for. */
  private final int[] askedFor = new int[SizeClasses.COUNT];

  private int count;
  private int pages;

  /**
   * None are open.
   *
   * @param openAfter after how many frees to a zone a class is opened
   */
  ReadyBlocks(int openAfter) {
    this.openAfter = openAfter;
  }

  /**
   * Lets an account have a ready block of a zone's class, if there is room.
   *
   * @param most how many pages the zones of all ready blocks may have
   */
  void open(Account account, Zone zone, int most) {
    int sizeClass = zone.sizeClass;
    if (zone.blockSize <= LARGEST
        && account.openBytes + zone.blockSize <= account.most
        && hasRoom(zone, most)) {
      account.open(sizeClass);
      account.openBytes += zone.blockSize;
      accounts[count] = account;
      classes[count] = (byte) sizeClass;
      count++;
      change(sizeClass, zone.pages, 0);
    } else {
      account.close(sizeClass, openAfter);
    }
  }

  private boolean hasRoom(Zone zone, int most) {
    int c = zone.sizeClass;
    int more = Math.min(askedFor[c] + zone.pages, pagesOfClass[c]) - kept(c);
    return count < MOST && pages + more <= most;
  }

  /** How many pages the ready blocks of a class may keep. */
  private int kept(int sizeClass) {
    return Math.min(askedFor[sizeClass], pagesOfClass[sizeClass]);
  }

  /** The owner has more zones of a class, or (less than 0) fewer. */
  void classHas(int sizeClass, int morePages) {
    change(sizeClass, 0, morePages);
  }

  private void change(int sizeClass, int moreAsked, int morePages) {
    int before = kept(sizeClass);
    askedFor[sizeClass] += moreAsked;
    pagesOfClass[sizeClass] += morePages;
    pages += kept(sizeClass) - before;
  }

  /** How many pages the zones may have that ready blocks keep from becoming empty. */
  int pages() {
    return pages;
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
      accounts[i].close(classes[i], openAfter);
      accounts[i].openBytes = 0;
    }
    Arrays.fill(askedFor, 0);
    count = 0;
    pages = 0;
  }

  /** Whether a block is ready; a look from elsewhere, of the moment. */
  boolean any() {
    for (int i = 0; i < count; i++) {
      if (accounts[i].ready(classes[i]) >= 0) {
        return true;
      }
    }
    return false;
  }
}
