package io.catwalk.runner.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.trial.MadeUpExecutor;
import io.catwalk.runner.trial.Orders;
import io.catwalk.runner.trial.OutcomeCheck;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes back from an untrusted machine: if something is wrong with it, the trial is lost, and nothing else. */
final class DeliveryTest {

    /** Stands for the check of the content, which has its own test: here only archives and digests are of interest. */
    private static final OutcomeCheck UNCHECKED = (order, trial) -> trial.readOutcome();

    @TempDir
    private Path folder;

    private TrialOrder order;
    private Path delivery;
    private byte[] honest;

    @BeforeEach
    void handBack() throws Exception {
        TestPlugin.sound("sound")
                .write(Files.createDirectory(folder.resolve("plugins")).resolve("sound.jar"));
        TinyImages.write(folder.resolve("tiny"));
        order = Orders.of(folder, "sound", "tiny", 1, 1);
        TrialFolder there = new TrialFolder(Files.createDirectory(folder.resolve("there")));
        TrialOutcome made = new MadeUpExecutor.Invention(Map.of()).train(order, there, epoch -> {});
        delivery = folder.resolve("0.outcome-1.zip");
        Delivery.write(delivery, made, there);
        honest = Files.readAllBytes(delivery);
    }

    private TrialFolder trial() throws Exception {
        return new TrialFolder(Files.createDirectories(folder.resolve("run/trials/sound/1-0")));
    }

    private String lost() throws Exception {
        TrialOutcome outcome = Delivery.read(delivery, order, trial(), UNCHECKED);
        assertThat(outcome).isInstanceOf(TrialOutcome.Lost.class);
        return String.valueOf(outcome.error());
    }

    @Test
    void whatIsAsItWasHandedBackIsKept() throws Exception {
        assertThat(Delivery.read(delivery, order, trial(), UNCHECKED)).isInstanceOf(TrialOutcome.Done.class);
        assertThat(trial().weights()).exists();
    }

    @Test
    void anArchiveThatWasPackedAgainMayListItsFolders() throws Exception {
        Tampered.put(delivery, "model/", new byte[0]);

        assertThat(Delivery.read(delivery, order, trial(), UNCHECKED)).isInstanceOf(TrialOutcome.Done.class);
    }

    /** On Windows a backslash separates folders, too, and a colon follows a drive. */
    @Test
    void aFileThatNoTrialWritesIsRefusedOnEverySystem() throws Exception {
        for (String name : List.of(
                "passwd",
                "../log.txt",
                "/log.txt",
                "C:log.txt",
                "model/..",
                "model/a/b",
                "model/..\\..\\..\\evil.jar",
                "model/C:evil.jar",
                "model/\0")) {
            Files.write(delivery, honest);
            Tampered.put(delivery, name, new byte[1]);

            assertThat(lost())
                    .as("%s", name)
                    .startsWith("the returned file cannot be read: it has a file that no trial writes: '");
        }
    }

    @Test
    void aDigestOfAFileThatNoTrialWritesIsRefused() throws Exception {
        String said = Tampered.text(delivery, "outcome.json");
        for (String name : List.of("a\\u0000b", "../../../../there/predictions.csv")) {
            String other = said.replace("model/network-0000.params", name);
            Tampered.put(delivery, "outcome.json", other.getBytes(StandardCharsets.UTF_8));

            assertThat(lost())
                    .as("%s", name)
                    .startsWith("the returned file cannot be read: it has a file that no trial writes: '");
        }
    }

    @Test
    void whatWouldFillTheDiskIsNotUnpacked() throws Exception {
        Tampered.put(delivery, "log.txt", new byte[16 << 20]);

        assertThat(lost()).isEqualTo("the returned file cannot be read: it unpacks to more than 10 times its size");
        assertThat(Files.size(trial().log())).isLessThan(1 << 20);
    }
}
