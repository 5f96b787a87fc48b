package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Everything that a block holds beside its parameters is restored after an export. */
@Tag("tiny")
class BlockStateTest extends OneTrace {

    /** A field of each kind. */
    private static class Holder extends Idle {
        int calls = 1;

        @Nullable
        Object any;

        @Nullable
        String word = "before";

        final AtomicInteger count = new AtomicInteger(1);
        final AtomicLong longCount = new AtomicLong(1);
        final AtomicBoolean flag = new AtomicBoolean();
        final AtomicReference<String> reference = new AtomicReference<>("before");
        final int[] numbers = {1, 2};
        final String[] words = {"before"};
        final List<String> list = new ArrayList<>(List.of("before"));
        final Map<String, String> map = new TreeMap<>(Map.of("key", "before"));
        final Set<String> set = new HashSet<>(Set.of("before"));
        final Deque<String> deque = new ArrayDeque<>(List.of("before"));

        void change() {
            calls++;
            word = null;
            count.incrementAndGet();
            longCount.incrementAndGet();
            flag.set(true);
            reference.set("after");
            numbers[1] = 9;
            words[0] = "after";
            list.add("after");
            map.put("key", "after");
            map.put("more", "after");
            set.add("after");
            deque.addFirst("after");
        }

        @Override
        public String toString() {
            return calls
                    + word
                    + count
                    + longCount
                    + flag
                    + reference
                    + numbers[1]
                    + words[0]
                    + list
                    + map
                    + set
                    + deque;
        }
    }

    /** Inherits its fields, and keeps arrays in them. */
    private static final class Heir extends Holder {
        final List<Object> kept = new ArrayList<>();
        final Map<String, Object> named = new TreeMap<>();
        final AtomicReference<Object> last = new AtomicReference<>();
        final Object[] both = new Object[1];
    }

    private final Heir block = new Heir();

    /** Restores what a block holds after a change. */
    private void restored(Runnable change) {
        BlockState state = BlockState.of(block);
        change.run();
        state.restore();
    }

    private void assertRestored(Runnable change) {
        String before = block.toString();
        restored(change);
        assertThat(block).hasToString(before);
    }

    @Test
    void fieldsOfChildrenAndOfSuperclassesAreAsTheyWere() {
        BlockState state = BlockState.of(new SequentialBlock().add(new SequentialBlock().add(block)));
        String before = block.toString();
        block.change();
        state.restore();
        assertThat(block).hasToString(before);
    }

    @Test
    void replacedElementsOfAListAndAMapAreAsTheyWere() {
        assertRestored(() -> {
            block.list.set(0, "after");
            block.map.put("key", "after");
        });
    }

    @Test
    void whatNobodyMayChangeDoesNotKeepTheRestFromBeingRestored() {
        List<Object> behind = new ArrayList<>();
        block.kept.addAll(List.of(List.of("fixed"), Collections.unmodifiableList(behind)));
        block.named.put("fixed", Map.of("key", "fixed"));
        assertRestored(() -> {
            behind.add("after");
            block.change();
        });
    }

    /** A recurrent block may keep its hidden state and its cell state so. */
    @Test
    void aListOfFixedSizeAndAQueueThatIsFullHoldTheirElementsAgain() {
        List<String> states = Arrays.asList("before", "other");
        Queue<String> queue = new ArrayBlockingQueue<>(2, true, states);
        block.kept.addAll(List.of(states, queue));
        restored(() -> {
            Collections.fill(states, "after");
            queue.remove();
            queue.add("after");
        });
        assertThat(states).containsExactly("before", "other");
        assertThat(queue).containsExactly("before", "other");
    }

    /** Through these views, entries can be removed from a map, but not added. */
    @Test
    void aMapOfWhichABlockHoldsOnlyViewsLosesNothing() {
        Map<String, String> map = new TreeMap<>(Map.of("key", "before"));
        block.kept.addAll(List.of(map.values(), map.keySet()));
        restored(() -> map.put("more", "after"));
        assertThat(map).containsEntry("key", "before");
    }

    /** A map that has grown lists its entries in another order. Keys that are added to its key set get this value. */
    @Test
    void aMapIsAsItWasThoughItsViewsAreHeldToo() {
        ConcurrentHashMap<Integer, String> map = new ConcurrentHashMap<>(Map.of(16, "first", 1, "second"));
        block.named.put("map", map);
        block.last.set(List.of(map.values(), map.keySet("any")));
        restored(() -> IntStream.range(0, 1_000).forEach(key -> map.put(key, "after")));
        assertThat(map).isEqualTo(Map.of(16, "first", 1, "second"));
    }

    @Test
    void whatALambdaHoldsIsAsItWas() {
        int[] calls = {0};
        BlockState state = BlockState.of(LambdaBlock.singleton(x -> x.add(calls[0]++)));
        calls[0] = 5;
        state.restore();
        assertThat(calls[0]).isZero();
    }

    @Test
    void whatAnAnonymousClassHoldsIsAsItWas() {
        Supplier<Integer> function = new Supplier<>() {
            int count = 3;

            @Override
            public Integer get() {
                return count++;
            }
        };
        block.kept.add(function);
        restored(() -> assertThat(List.of(function.get(), function.get())).containsExactly(3, 4));
        assertThat(function.get()).isEqualTo(3);
    }

    /** An object that is not a block, a function or a collection may belong to others. */
    @Test
    void aPlainObjectIsNotLookedInto() {
        Exception shared = new Exception();
        block.kept.add(shared);
        restored(() -> shared.addSuppressed(new Exception()));
        assertThat(shared.getSuppressed()).hasSize(1);
    }

    @Test
    void aFieldHoldsTheSameObjectAgainAndNotAnEqualOne() {
        List<String> before = List.of("word");
        block.any = before;
        restored(() -> block.any = new ArrayList<>(before));
        assertThat(block.any).isSameAs(before);
    }

    private NDArray ones() {
        return manager.ones(new Shape(3));
    }

    @Test
    void arraysWhereverTheyAreKeptHoldTheirNumbersAgain() {
        List<NDArray> arrays = List.of(ones(), ones(), ones(), ones().toType(DataType.INT32, true));
        block.kept.add(arrays.get(0));
        block.named.put("array", arrays.get(1));
        block.last.set(arrays.get(2));
        block.both[0] = arrays.get(3);
        restored(() -> arrays.forEach(array -> array.addi(4)));
        assertThat(arrays)
                .allSatisfy(array ->
                        assertThat(array.toArray()).extracting(Number::intValue).containsExactly(1, 1, 1));
    }

    /** Only small arrays are copied: a network may keep tables of any size. */
    @Test
    void arraysUpToSixteenMebibytesAndJavaArraysUpToAMillionNumbersAreRemembered() {
        NDArray small = manager.zeros(new Shape(4 << 20));
        NDArray large = manager.zeros(new Shape((4 << 20) + 1));
        byte[] few = new byte[1 << 20];
        byte[] many = new byte[(1 << 20) + 1];
        block.kept.addAll(List.of(small, large, few, many));
        restored(() -> {
            small.addi(1);
            large.addi(1);
            few[5] = 1;
            many[5] = 1;
        });
        assertThat(small.max().getFloat()).isZero();
        assertThat(large.min().getFloat()).isEqualTo(1);
        assertThat(few[5]).isZero();
        assertThat(many[5]).isEqualTo((byte) 1);
    }

    @Test
    void closedArraysStayClosed() {
        NDArray before = ones();
        NDArray between = ones();
        before.close();
        block.kept.addAll(List.of(before, between));
        assertThatCode(() -> restored(between::close)).doesNotThrowAnyException();
    }

    @Test
    void whatHoldsItselfIsVisitedOnce() {
        block.both[0] = block;
        block.kept.add(block.both);
        assertRestored(block::change);
    }
}
