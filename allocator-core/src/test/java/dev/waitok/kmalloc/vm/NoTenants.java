package dev.waitok.kmalloc.vm;

/** No page has blocks, and nothing is withdrawn. */
final class NoTenants implements Tenants {
  @Override
  public int livePerPage(int page) {
    return NO_BLOCKS;
  }

  @Override
  public void withdraw(int from, int n) {}

  @Override
  public void restore() {}
}
