package io.catwalk.runner.trial;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.trial.SplitSpec.TrialImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class SplitSpecTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"5, 2000000000, 10000000000", "2000000000, 1, 2000000000", "5, 20001, 100005"})
    void moreFoldsThanAnybodyTrainsAreRefused(int folds, int repeats, long product) {
        refused(() -> new SplitSpec(folds, repeats, 0.1, 0, null), "at most 100000, but is " + product);
        assertThat(new SplitSpec(5, 20_000, 0.1, 0, null).lastFold()).isEqualTo(100_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noFoldAndNoValidationSetDividesDuplicatesAndGroups(boolean withTestSet) throws IOException {
        ImageDataset dataset = GroupedPhotos.in(folder, withTestSet);
        assertThat(dataset.train().countPerClass(2)).containsExactly(48, 48);
        SplitSpec spec = new SplitSpec(5, 1, 0.1, 0, null);

        int tested = 0;
        for (int fold = 0; fold <= 5; fold++) {
            TrialImages images = spec.split(dataset, fold);
            ImageSource seen = images.dataset().train();
            Set<Integer> train =
                    GroupedPhotos.patients(seen.select(images.split().train()));
            Set<Integer> validation =
                    GroupedPhotos.patients(seen.select(images.split().validation()));
            Set<Integer> test = GroupedPhotos.patients(images.dataset().test());
            assertThat(train).doesNotContainAnyElementsOf(validation).doesNotContainAnyElementsOf(test);
            assertThat(validation).hasSize(2).doesNotContainAnyElementsOf(test);
            if (fold > 0) {
                tested += images.dataset().test().size();
                // Eight patients of each class are dealt into five folds.
                assertThat(IntStream.of(images.dataset().test().countPerClass(2)))
                        .allMatch(size -> size == 6 || size == 12);
            }
        }
        assertThat(tested).isEqualTo(96);
    }

    @Test
    void moreFoldsThanGroupsAreRefused() throws IOException {
        ImageDataset dataset = GroupedPhotos.in(folder, true);
        refused(
                () -> new SplitSpec(9, 1, 0.1, 0, null).split(dataset, 1),
                "group, found 9 folds and 8 such images of class");
    }
}
