package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.TinyImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
class EvaluatedImagesTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        TinyImages.write(folder.resolve("tiny"));
    }

    private ImageDataset images(int limitTest) {
        return images("tiny", limitTest);
    }

    private ImageDataset images(String name, int limitTest) {
        return new DatasetSpec(folder.resolve(name).toString(), null, null, null, null, 0, limitTest, null, null)
                .load(DataHome.of(folder));
    }

    private Map<String, String> ofTwenty() {
        Map<String, String> entries = new TreeMap<>();
        entries.put("provenance.dataset_sha256", images(0).sha256());
        entries.put("provenance.fold", "0");
        entries.put("provenance.limit_test", "20");
        entries.put("provenance.test_sha256", images(20).test().sha256());
        return entries;
    }

    private static EvaluatedImages evaluated(Map<String, String> entries) {
        return EvaluatedImages.of(OnnxMetadata.empty().withAll(entries)).orElseThrow();
    }

    @Test
    void theSameImagesAreDrawnAgain() {
        ImageDataset found = evaluated(ofTwenty()).in(images(0)).orElseThrow();

        assertThat(found.test().size()).isEqualTo(20);
        assertThat(found.test().labels()).isEqualTo(images(20).test().labels());
        assertThat(found.test().read(0, 20)).isEqualTo(images(20).test().read(0, 20));
    }

    @Test
    void otherImagesAreNotTakenForThem() throws IOException {
        Map<String, String> entries = ofTwenty();
        entries.put("provenance.limit_test", "21");
        assertThat(evaluated(entries).in(images(0))).isEmpty();

        TinyImages.write(folder.resolve("others"), 130);
        assertThat(evaluated(ofTwenty()).in(images("others", 0))).isEmpty();
    }

    @Test
    void aFoldThatThereIsNotIsNotFound() {
        for (String fold : List.of("0 of 2", "-1 of 2", "3 of 2", "1 of 1000")) {
            Map<String, String> entries = ofTwenty();
            entries.put("provenance.folds", fold.split(" of ", -1)[1]);
            entries.put("provenance.fold", fold.split(" of ", -1)[0]);
            assertThat(evaluated(entries).in(images(0))).as(fold).isEmpty();
        }
    }

    /** An 8-bit file may be evaluated on more images than the network was. */
    @Test
    void whoIsJudgedOnAllImagesSaysSo() {
        Map<String, String> entries = ofTwenty();

        EvaluatedImages.restate(entries, images(20), MadeUp.metrics(0.9));
        assertThat(entries).containsAllEntriesOf(ofTwenty()).containsEntry("metrics.test.accuracy", "0.9");

        EvaluatedImages.restate(entries, images(0), MadeUp.metrics(0.9));
        assertThat(entries)
                .doesNotContainKey("provenance.limit_test")
                .containsEntry("provenance.test_sha256", images(0).test().sha256());
        assertThat(evaluated(entries).in(images(0)).orElseThrow().test().size()).isEqualTo(40);
    }
}
