package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.vm.AsyncSupply.Submitted;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests for which nobody sleeps, and their service, round by round. */
class AsyncSupplyTest {
  private static final int PAGES = 16;
  private static final int R = 2;
  private static final long SECOND = 1_000_000_000L;

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(1, R, 4, 6));
  private final ScriptedContext context = new ScriptedContext();
  private final Callers callers = new Callers(context);
  private final Pageout pageout =
      new Pageout(queues, callers, () -> {}, new NoTenants(), new Reclaimers(queues, callers));
  private final PageSupply supply = new PageSupply(queues, pageout, callers, true);
  private final AsyncSupply async = new AsyncSupply(supply, callers);
  private final List<Long> results = new ArrayList<>();
  private int calledIn;
  private boolean fails;
  private boolean ended;

  private final class Ask extends PageRequest {
    Ask(int pages) {
      super(pages, 1, TO_RESERVE, true, NO_CLASS, 0);
    }

    @Override
    protected long attempt(Caller caller) {
      if (fails) {
        throw new OutOfMemoryError("for the test");
      }
      return supply.take(this, caller);
    }

    @Override
    protected void decided(Outcome outcome, boolean preempting) {}

    @Override
    protected void callIn() {
      calledIn++;
    }
  }

  @BeforeEach
  void start() {
    async.start();
    assertThat(queues.takeAnyFree(PAGES - R)).isZero();
  }

  /** The service goes round with a sleep before each of these steps; then it ends. */
  private void serve(Runnable... steps) {
    context.serve("kmalloc-async", async::close, steps);
    ended = true;
  }

  @AfterEach
  void holdsItsInvariants() {
    assertThat(ended).isTrue();
    queues.checkInvariants();
  }

  private AsyncSupply.Ticket submit(PageRequest request) {
    Submitted submitted = async.submit(request, results::add);
    assertThat(submitted.result()).isEqualTo(PageRequest.NONE);
    return Objects.requireNonNull(submitted.ticket());
  }

  @Test
  void whatIsThereIsGivenAtOnce() {
    queues.release(0, 1);
    Submitted submitted = async.submit(new Ask(1), results::add);
    assertThat(submitted.result()).isZero();
    assertThat(submitted.ticket()).isNull();
    serve();
    assertThat(results).isEmpty();
    assertThat(calledIn).isZero();
    assertThat(context.sleeps.getFirst()).as("until the next tick").isEqualTo(SECOND);
  }

  @Test
  void theServiceCallsInOnceAndTriesAgainWhenPagesCome() {
    submit(new Ask(1));
    assertThat(queues.anyWaiting()).isTrue();
    assertThat(calledIn).isZero();
    serve(
        () -> {
          assertThat(calledIn).as("in the first round, without a sleep before").isEqualTo(1);
          queues.release(0, 1);
        },
        () -> assertThat(results).containsExactly(0L));
    assertThat(results).containsExactly(0L);
    assertThat(calledIn).isEqualTo(1);
    assertThat(queues.anyWaiting()).isFalse();
  }

  @Test
  void whatIsGivenUpLeavesTheLine() {
    AsyncSupply.Ticket ticket = submit(new Ask(1));
    serve(ticket::abandon, () -> queues.release(0, 1));
    assertThat(results).containsExactly(AsyncSupply.ABANDONED);
    assertThat(queues.anyWaiting()).isFalse();
    assertThat(queues.count(PageState.FREE)).isEqualTo(R + 1);
  }

  @Test
  void aTicketIsServedOnceHoweverOftenItIsWoken() {
    AsyncSupply.Ticket ticket = submit(new Ask(1));
    serve(
        () -> {
          queues.release(0, 3);
          ticket.wake();
        },
        ticket::wake,
        () -> {});
    assertThat(results).containsExactly(0L);
    assertThat(queues.count(PageState.FREE)).isEqualTo(R + 2);
  }

  @Test
  void aFailedAttemptLeavesItInLine() {
    submit(new Ask(1));
    fails = true;
    serve(() -> fails = false, () -> queues.release(0, 1), () -> {});
    assertThat(results).containsExactly(0L);
  }

  @Test
  void afterATickWithoutPagesTheHoldIsLifted() {
    submit(new Ask(8));
    submit(new Ask(1));
    serve(
        () -> queues.release(0, 2), // for the small one, which stands behind
        () -> assertThat(results).isEmpty(),
        context::tick,
        () -> assertThat(results).as("a page came in this tick").isEmpty(),
        context::tick);
    assertThat(results).hasSize(1);
    assertThat(results.getFirst()).isNotNegative();
    supply.close();
    async.close(context.caller());
    assertThat(results).hasSize(2).endsWith(PageRequest.CLOSED);
  }

  @Test
  void aTickWithoutTicketsLiftsNothing() {
    SilentRequest large = new SilentRequest(8, PageRequest.TO_RESERVE, PageRequest.NO_CLASS, 0);
    queues.enqueue(large);
    queues.release(0, 2);
    serve(context::tick, context::tick);
    assertThat(queues.takeFree(new SilentRequest(1, 2, PageRequest.NO_CLASS, 0), 1))
        .as("still behind the large one")
        .isEqualTo(PageQueues.NO_PAGE);
    queues.leave(large);
  }

  @Test
  void whoPreemptedWhenItAskedIsOrdinaryInLine() {
    assertThat(queues.takeAnyFree(R)).isNotNegative();
    context.preempting = true;
    Ask ask = new Ask(1);
    submit(ask);
    assertThat(ask.floorLevel).isEqualTo(PageRequest.TO_RESERVE);
    assertThat(ask.standsInLine).isTrue();
    context.preempting = false;
    serve(() -> queues.release(0, 1), () -> queues.release(1, R));
    assertThat(results).containsExactly(0L);
  }

  @Test
  void theCloseTellsWhoStillWaits() {
    submit(new Ask(1));
    serve(() -> {});
    assertThat(results).isEmpty();
    async.close(context.caller());
    assertThat(results).containsExactly(PageRequest.CLOSED);
    assertThat(queues.anyWaiting()).isFalse();
  }

  @Test
  void whoeverAsksDuringTheCloseIsToldToo() {
    supply.whenInLine(supply::close);
    Submitted submitted = async.submit(new Ask(1), results::add);
    assertThat(submitted.result()).isEqualTo(PageRequest.NONE);
    assertThat(results).containsExactly(PageRequest.CLOSED);
    assertThat(queues.anyWaiting()).isFalse();
    serve();
    assertThat(results).hasSize(1);
  }

  @Test
  void nobodySleepsForIt() {
    AsyncSupply.Ticket ticket = submit(new Ask(1));
    assertThatThrownBy(() -> ticket.sleep(1)).isInstanceOf(IllegalStateException.class);
    serve(ticket::abandon, () -> {});
  }
}
