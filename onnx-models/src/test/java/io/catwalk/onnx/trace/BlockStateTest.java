package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Everything that a block holds beside its parameters is restored after an export. */
@Tag("tiny")
class BlockStateTest {

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** A field of each kind. */
    private static class Holder extends AbstractBlock {
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

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
            return inputs;
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }

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

        void requireAsBefore() {
            assertThat(calls).isEqualTo(1);
            assertThat(word).isEqualTo("before");
            assertThat(count).hasValue(1);
            assertThat(longCount).hasValue(1);
            assertThat(flag).isFalse();
            assertThat(reference).hasValue("before");
            assertThat(numbers).containsExactly(1, 2);
            assertThat(words).containsExactly("before");
            assertThat(list).containsExactly("before");
            assertThat(map).isEqualTo(Map.of("key", "before"));
            assertThat(set).containsExactly("before");
            assertThat(deque).containsExactly("before");
        }
    }

    /** Inherits its fields, and keeps arrays in them. */
    private static final class Heir extends Holder {
        final List<Object> kept = new ArrayList<>();
        final Map<String, Object> named = new TreeMap<>();
        final AtomicReference<Object> last = new AtomicReference<>();
        final Object[] both = new Object[1];
    }

    private static final class Shared {
        int number = 1;
    }

    @Test
    void fieldsAreAsTheyWere() {
        Holder block = new Holder();
        BlockState state = BlockState.of(block);
        block.change();
        state.restore();
        block.requireAsBefore();
    }

    @Test
    void fieldsOfChildrenAndOfSuperclassesAreAsTheyWere() {
        Heir child = new Heir();
        BlockState state = BlockState.of(new SequentialBlock().add(new SequentialBlock().add(child)));
        child.change();
        state.restore();
        child.requireAsBefore();
    }

    @Test
    void replacedElementsOfAListAndAMapAreAsTheyWere() {
        Holder block = new Holder();
        BlockState state = BlockState.of(block);
        block.list.set(0, "after");
        block.map.put("key", "after");
        state.restore();
        block.requireAsBefore();
    }

    @Test
    void aListThatNobodyMayChangeIsLeftAlone() {
        Heir block = new Heir();
        block.kept.add(List.of("fixed"));
        block.named.put("fixed", Map.of("key", "fixed"));
        BlockState state = BlockState.of(block);
        assertThatCode(state::restore).doesNotThrowAnyException();
    }

    @Test
    void aViewThatNobodyMayChangeDoesNotKeepTheRestFromBeingRestored() {
        Heir block = new Heir();
        List<Object> behind = new ArrayList<>();
        block.kept.add(Collections.unmodifiableList(behind));
        BlockState state = BlockState.of(block);
        behind.add("after");
        block.change();
        state.restore();
        block.requireAsBefore();
    }

    /** A recurrent block may keep its hidden state and its cell state so. */
    @Test
    void aListOfFixedSizeHoldsItsElementsAgain() {
        Heir block = new Heir();
        List<String> states = Arrays.asList("before", "other");
        block.kept.add(states);
        BlockState state = BlockState.of(block);
        states.set(0, "after");
        states.set(1, "after");
        state.restore();
        assertThat(states).containsExactly("before", "other");
    }

    /** Through these views, entries can be removed from a map, but not added. */
    @Test
    void aMapOfWhichABlockHoldsOnlyViewsLosesNothing() {
        Heir block = new Heir();
        Map<String, String> map = new TreeMap<>(Map.of("key", "before"));
        block.kept.add(map.values());
        block.kept.add(map.keySet());
        BlockState state = BlockState.of(block);
        map.put("more", "after");
        state.restore();
        assertThat(map).containsEntry("key", "before");
    }

    /** A map that has grown lists its entries in another order. Keys that are added to its key set get this value. */
    @Test
    void aMapIsAsItWasThoughItsViewsAreHeldToo() {
        Heir block = new Heir();
        ConcurrentHashMap<Integer, String> map = new ConcurrentHashMap<>(Map.of(16, "first", 1, "second"));
        block.named.put("map", map);
        block.last.set(List.of(map.values(), map.keySet("any")));
        BlockState state = BlockState.of(block);
        for (int key = 0; key < 1_000; key++) {
            map.put(key, "after");
        }
        state.restore();
        assertThat(map).isEqualTo(Map.of(16, "first", 1, "second"));
    }

    @Test
    void aQueueThatIsFullHoldsItsElementsAgain() {
        Heir block = new Heir();
        Queue<String> queue = new ArrayBlockingQueue<>(2, true, List.of("before", "other"));
        block.kept.add(queue);
        BlockState state = BlockState.of(block);
        queue.remove();
        queue.add("after");
        state.restore();
        assertThat(queue).containsExactly("before", "other");
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
        Object function = new Object() {
            int count = 3;

            @Override
            public String toString() {
                return Integer.toString(count++);
            }
        };
        Heir block = new Heir();
        block.kept.add(function);
        BlockState state = BlockState.of(block);
        assertThat(List.of(function.toString(), function.toString())).containsExactly("3", "4");
        state.restore();
        assertThat(function.toString()).isEqualTo("3");
    }

    /** An object that is not a block, a function or a collection may belong to others. */
    @Test
    void aPlainObjectIsNotLookedInto() {
        Shared shared = new Shared();
        Heir block = new Heir();
        block.kept.add(shared);
        BlockState state = BlockState.of(block);
        shared.number = 2;
        state.restore();
        assertThat(shared.number).isEqualTo(2);
    }

    @Test
    void aFieldHoldsTheSameObjectAgainAndNotAnEqualOne() {
        Holder block = new Holder();
        List<String> before = List.of("word");
        block.any = before;
        BlockState state = BlockState.of(block);
        block.any = new ArrayList<>(before);
        state.restore();
        assertThat(block.any).isSameAs(before);
    }

    private NDArray ones() {
        return manager.ones(new Shape(3));
    }

    @Test
    void arraysWhereverTheyAreKeptHoldTheirNumbersAgain() {
        Heir block = new Heir();
        NDArray inList = ones();
        NDArray inMap = ones();
        NDArray inReference = ones();
        NDArray inArray = ones().toType(DataType.INT32, true);
        block.kept.add(inList);
        block.named.put("array", inMap);
        block.last.set(inReference);
        block.both[0] = inArray;
        BlockState state = BlockState.of(block);
        for (NDArray array : List.of(inList, inMap, inReference, inArray)) {
            array.addi(4);
        }
        state.restore();
        for (NDArray array : List.of(inList, inMap, inReference)) {
            assertThat(array.toFloatArray()).containsExactly(1, 1, 1);
        }
        assertThat(inArray.toIntArray()).containsExactly(1, 1, 1);
    }

    /** Only small arrays are copied: a network may keep tables of any size. */
    @Test
    void arraysUpToSixteenMebibytesAreRemembered() {
        Heir block = new Heir();
        NDArray small = manager.zeros(new Shape(4 << 20));
        NDArray large = manager.zeros(new Shape((4 << 20) + 1));
        block.kept.add(small);
        block.kept.add(large);
        BlockState state = BlockState.of(block);
        small.addi(1);
        large.addi(1);
        state.restore();
        assertThat(small.max().getFloat()).isZero();
        assertThat(large.min().getFloat()).isEqualTo(1);
    }

    @Test
    void javaArraysUpToAMillionNumbersAreRemembered() {
        Heir block = new Heir();
        byte[] small = new byte[1 << 20];
        byte[] large = new byte[(1 << 20) + 1];
        block.kept.add(small);
        block.kept.add(large);
        BlockState state = BlockState.of(block);
        small[5] = 1;
        large[5] = 1;
        state.restore();
        assertThat(small[5]).isZero();
        assertThat(large[5]).isEqualTo((byte) 1);
    }

    @Test
    void closedArraysStayClosed() {
        Heir block = new Heir();
        NDArray before = ones();
        NDArray between = ones();
        before.close();
        block.kept.add(before);
        block.kept.add(between);
        BlockState state = BlockState.of(block);
        between.close();
        assertThatCode(state::restore).doesNotThrowAnyException();
    }

    @Test
    void whatHoldsItselfIsVisitedOnce() {
        Heir block = new Heir();
        block.both[0] = block;
        block.kept.add(block.both);
        BlockState state = BlockState.of(block);
        block.change();
        state.restore();
        block.requireAsBefore();
    }
}
