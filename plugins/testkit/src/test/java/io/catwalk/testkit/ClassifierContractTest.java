package io.catwalk.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.catwalk.testkit.contract.Contract;
import io.catwalk.testkit.contract.JarOfATest;
import io.catwalk.testkit.contract.Sound;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Tests how the checks become tests; their results have their own test. */
final class ClassifierContractTest {

    @TempDir
    Path folder;

    /** Run only by this test; Surefire does not run nested classes. */
    static class Subject extends ClassifierContract {
        Subject() {
            super(new Sound());
        }
    }

    /** Expects one failure that occurs, and one that does not. */
    static final class Expecting extends Subject {
        @Override
        protected Map<String, String> expectedFailures() {
            return Map.of("jar-index", "it is of the last century", "name", "it is odd");
        }
    }

    @AfterEach
    void forget() {
        System.clearProperty("catwalk.plugin.jar");
        System.clearProperty("catwalk.check");
    }

    @Test
    void eachCheckIsATest() {
        jar("");
        Events tests = run(Subject.class);
        tests.assertStatistics(statistics -> statistics
                .started(Contract.checks().size())
                .succeeded(Contract.checks().size()));
    }

    @Test
    void expectedFailureIsATestThatWasAborted() {
        jar("# nothing\n");
        Events tests = run(Expecting.class);
        tests.assertStatistics(statistics -> statistics.failed(1).aborted(1));
        assertThat(tests.failed().stream()
                        .map(event -> event.getTestDescriptor().getDisplayName()))
                .containsExactly("name: lower-case letters and digits with single dashes");
    }

    @Test
    void oneCheckAloneIsRunAgain() {
        jar("# nothing\n");
        System.setProperty("catwalk.check", "jar-index");
        Events tests = run(Subject.class);
        tests.assertStatistics(statistics -> statistics.started(1).failed(1));
    }

    @Test
    void folderOfClassesWillDoForAllButTheJar() {
        Events tests = run(Subject.class);
        assertThat(tests.failed().stream()
                        .map(event -> event.getTestDescriptor().getDisplayName()))
                .hasSize(4)
                .allMatch(name -> name.startsWith("jar-"));
    }

    private void jar(String index) {
        JarOfATest jar = JarOfATest.with(Sound.class);
        if (!index.isEmpty()) {
            jar.file("META-INF/extensions.idx", index);
        }
        System.setProperty(
                "catwalk.plugin.jar", jar.write(folder.resolve("plugin.jar")).toString());
    }

    private static Events run(Class<?> type) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(type))
                .execute()
                .testEvents();
    }
}
