package io.catwalk.runner.data;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class SplitTest {

    /** Class 0 has 7 images, class 1 has 11, class 2 has 5, mixed. */
    private static final int[] LABELS = {0, 1, 1, 2, 0, 1, 0, 1, 1, 2, 0, 1, 2, 1, 0, 1, 1, 2, 0, 1, 0, 2, 1};

    private static final List<String> CLASSES = List.of("a", "b", "c");
    private static final List<String> TWO = List.of("a", "b");

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void everyImageValidatesInExactlyOneFoldAndFoldsAndTheirClassesDifferByOneAtMost(int k) {
        int[] all = IntStream.range(0, LABELS.length).toArray();
        int[] sizes = {7, 11, 5};
        List<Split> folds = Split.folds(LABELS, 3, k, 1);

        assertThat(folds).hasSize(k);
        assertThat(folds.stream().flatMapToInt(fold -> Arrays.stream(fold.validation())))
                .containsExactlyInAnyOrder(boxed(all));
        for (Split fold : folds) {
            IntStream both = IntStream.concat(Arrays.stream(fold.train()), Arrays.stream(fold.validation()));
            assertThat(both).containsExactlyInAnyOrder(boxed(all));
            assertThat(fold.validation().length - LABELS.length / k).isBetween(0, 1);
            for (int c = 0; c < 3; c++) {
                assertThat(countOf(c, fold.validation()) - sizes[c] / k).isBetween(0, 1);
            }
        }
    }

    private static Integer[] boxed(int[] values) {
        return Arrays.stream(values).boxed().toArray(Integer[]::new);
    }

    @Test
    void theSameSeedGivesTheSameFoldsAndAnotherDoesNot() {
        assertThat(sha256(Split.folds(LABELS, 3, 4, 5)))
                .isEqualTo(sha256(Split.folds(LABELS, 3, 4, 5)))
                .isNotEqualTo(sha256(Split.folds(LABELS, 3, 4, 6)));
        assertThat(Split.holdOut(LABELS, 3, 0.3, 5).validation())
                .isEqualTo(Split.holdOut(LABELS, 3, 0.3, 5).validation())
                .isNotEqualTo(Split.holdOut(LABELS, 3, 0.3, 6).validation());
    }

    /**
     * Recorded once: a change of the algorithm would break the comparison with stored runs and must not go unnoticed.
     */
    @Test
    void aSeedGivesTheSameSplitInEveryRelease() {
        assertThat(Split.holdOut(LABELS, 3, 0.2, 42).validation()).containsExactly(5, 9, 14, 18, 19);
    }

    @Test
    void foldsPassOverAClassWithoutImages() {
        assertThat(Split.folds(new int[] {0, 2, 0, 2}, 3, 2, 1))
                .allSatisfy(fold -> assertThat(fold.validation()).hasSize(2));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 6})
    void foldsBelowTwoOrAboveTheSmallestClassAreRefused(int k) {
        ImageSource images = HeapImages.of(1, 1, 1, new byte[LABELS.length], LABELS);

        refused(() -> Split.folds(images, CLASSES, k, 1), "found " + k + " folds and 5 such images of class c; try 5");
    }

    @Test
    void holdOutTakesFromEachClassItsShare() {
        int[] labels = IntStream.range(0, 100).map(i -> i < 60 ? 0 : 1).toArray();

        Split split = Split.holdOut(labels, 2, 0.1, 3);

        assertThat(split.validation()).hasSize(10);
        assertThat(Arrays.stream(split.validation()).filter(i -> i < 60)).hasSize(6);
        assertThat(split.train()).hasSize(90).doesNotContain(split.validation());
    }

    @Test
    void holdOutReachesTheWantedSizeWhenSharesAreBroken() {
        // Shares of 23 * 0.2 rounded = 5: 35/23 = 1.52, 55/23 = 2.39, 25/23 = 1.09; the rest goes to class 0.
        Split split = Split.holdOut(LABELS, 3, 0.2, 1);

        assertThat(IntStream.range(0, 3).map(c -> countOf(c, split.validation())))
                .containsExactly(2, 2, 1);
    }

    @Test
    void holdOutLeavesEveryClassAnImageToTrainOn() {
        Split split = Split.holdOut(new int[] {0, 0, 0, 0, 0, 0, 1}, 2, 0.9, 1);

        assertThat(split.train()).contains(6).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 0, 1, 1.5, Double.NaN, 0.001})
    void aFractionThatLeavesAPartEmptyIsRefused(double fraction) {
        refused(() -> Split.holdOut(LABELS, 3, fraction, 1), "Validation fraction", "try");
    }

    @Test
    void imagesThatAreAllDifferentAreSplitByTheirLabelsAlone() {
        ImageSource images = HeapImages.of(1, 1, 1, new byte[LABELS.length], LABELS);

        assertThat(sha256(Split.folds(images, CLASSES, 4, 5))).isEqualTo(sha256(Split.folds(LABELS, 3, 4, 5)));
        assertThat(Split.holdOut(images, 3, 0.2, 42).validation()).containsExactly(5, 9, 14, 18, 19);
    }

    private static ImageSource clustered(int[] labels, int[] clusters) {
        return HeapImages.of(1, 1, 1, new byte[labels.length], labels).clustered(clusters);
    }

    /** Class 0 has ten clusters of three images and ten single ones, class 1 twenty single ones. */
    private static ImageSource clustered() {
        int[] labels = IntStream.range(0, 60).map(i -> i < 40 ? 0 : 1).toArray();
        int[] clusters = IntStream.range(0, 60).map(i -> i < 30 ? i / 3 * 3 : i).toArray();
        return clustered(labels, clusters);
    }

    @Test
    void foldsDivideNoClusterAndHaveEqualSharesOfEachClass() {
        for (Split fold : Split.folds(clustered(), TWO, 5, 7)) {
            assertThat(clustered().select(fold.validation()).countPerClass(2)).containsExactly(8, 4);
            assertThat(clustered().select(fold.train()).clusters())
                    .doesNotContain(clustered().select(fold.validation()).clusters());
        }
        assertThat(sha256(Split.folds(clustered(), TWO, 5, 7)))
                .isEqualTo(sha256(Split.folds(clustered(), TWO, 5, 7)))
                .isNotEqualTo(sha256(Split.folds(clustered(), TWO, 5, 8)));
    }

    @Test
    void aHoldOutDividesNoCluster() {
        Split split = Split.holdOut(clustered(), 2, 0.2, 7);

        assertThat(clustered().select(split.validation()).countPerClass(2)).containsExactly(8, 4);
        assertThat(clustered().select(split.train()).clusters())
                .doesNotContain(clustered().select(split.validation()).clusters());
    }

    @Test
    void aHoldOutTakesAWholeClusterWhereItsShareIsLess() {
        ImageSource groups = clustered(
                new int[] {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}, new int[] {0, 0, 0, 3, 3, 3, 6, 6, 6, 9, 9, 9});

        Split split = Split.holdOut(groups, 2, 0.2, 1);

        assertThat(groups.select(split.validation()).countPerClass(2)).containsExactly(3, 3);
    }

    @Test
    void moreFoldsThanClustersOfAClassAreRefused() {
        ImageSource groups = clustered(new int[] {0, 0, 0, 1, 1, 1}, new int[] {0, 0, 2, 3, 4, 5});

        assertThat(Split.folds(groups, TWO, 2, 1)).hasSize(2);
        refused(() -> Split.folds(groups, TWO, 3, 1), "found 3 folds and 2 such images of class a; try 2");
    }

    @Test
    void imagesThatAreAllInOneClusterCannotBeDivided() {
        ImageSource same = clustered(new int[] {0, 0, 1, 1}, new int[4]);

        refused(
                () -> Split.folds(same, TWO, 2, 1),
                "found 2 folds and 1 such images of class a; try more images",
                "catwalk data");
        refused(
                () -> Split.holdOut(same, 2, 0.5, 1),
                "stay together",
                "try more images",
                "catwalk data",
                "column split");
    }

    /** Class a has two clusters. The smaller one holds images of the other classes, too, which have many clusters. */
    @Test
    void everyFoldLeavesImagesOfAScarceClassToTrainOn() {
        int[] labels = {0, 0, 0, 0, 0, 1, 1, 2, 2, 0, 1, 2, 1, 1, 1, 2, 2, 2};
        ImageSource images = clustered(labels, new int[] {0, 0, 0, 0, 0, 5, 5, 5, 5, 9, 9, 9, 12, 13, 14, 15, 16, 17});

        assertThat(Split.folds(images, CLASSES, 2, 1))
                .allSatisfy(fold ->
                        assertThat(images.select(fold.train()).countPerClass(3)).doesNotContain(0));
    }

    /** Each of the three clusters shares a class with each other one: two of them in a fold have all of one class. */
    @Test
    void foldsThatLeaveNoImageOfAClassToTrainOnAreRefused() {
        ImageSource images = clustered(new int[] {0, 1, 0, 2, 1, 2}, new int[] {0, 0, 2, 2, 4, 4});

        refused(
                () -> Split.folds(images, CLASSES, 2, 1),
                "Folds: expected images of class ",
                " in at least 2 of 2 folds",
                "found all in one",
                "another --split-seed");
    }

    @Test
    void theHashIsThatOfTheIndicesAsBigEndianNumbers() {
        // printf '\0\0\0\2\0\0\0\0\0\0\0\2\0\0\0\1\0\0\0\1' | sha256sum
        assertThat(new Split(new int[] {0, 2}, new int[] {1}).sha256())
                .isEqualTo("8f1b21c60caa253401e2343be8b0af82e95e6aa704b01b83050c9ffe42b35db2");
    }

    @Test
    void indicesThatRepeatOverlapOrFallAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Split(new int[] {}, new int[] {1}));
        assertThatIllegalArgumentException().isThrownBy(() -> new Split(new int[] {-1}, new int[] {1}));
        assertThatIllegalArgumentException().isThrownBy(() -> new Split(new int[] {1, 1}, new int[] {2}));
        assertThatIllegalArgumentException().isThrownBy(() -> new Split(new int[] {1}, new int[] {3, 2}));
        assertThatIllegalArgumentException().isThrownBy(() -> new Split(new int[] {1, 2}, new int[] {2}));
    }

    private static int countOf(int label, int[] indices) {
        return (int) Arrays.stream(indices).filter(i -> LABELS[i] == label).count();
    }

    private static List<String> sha256(List<Split> folds) {
        return folds.stream().map(Split::sha256).toList();
    }
}
