package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.robustness.Corruption;
import io.catwalk.runner.robustness.Robustness;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sentences and tables on corrupted images, with numbers that are easy to compute by hand. */
@Tag("tiny")
final class RobustnessSectionTest {

    /** Returns a classifier that is right for 80 of 100 clean images, and for fewer at each step, down to the last. */
    private static Robustness.Classifier classifier(String name, int... last) {
        return SampleRuns.robust(
                name, 100, 80, (corruption, step) -> 80 - (80 - last[corruption]) / Corruption.STEPS * step);
    }

    private static Robustness of(Robustness.Classifier... classifiers) {
        return SampleRuns.robustness(100, List.of(classifiers));
    }

    private static RobustnessSection section(Robustness robustness) {
        ReportModel run = new SampleRun(List.of("gru"), SampleRun.CLOTHES, 0, 100, 1).report();
        return new RobustnessSection(run, robustness);
    }

    /** By scipy 1.15.3, binomtest(k, 80).proportion_ci(method="wilson"): 40 from 0.393 to 0.607, 45 from 0.453 to 0.666. */
    @Test
    void theOneThatKeepsTheLargestShareOfItsAccuracyLosesLeast() {
        RobustnessSection findings = section(of(classifier("gru", 75, 20, 40, 70), classifier("lstm", 50, 40, 45, 75)));

        assertThat(findings.leastAffected())
                .contains("gru loses the smallest", "shift and lstm under rotation", "noise and contrast, the best do");
        assertThat(findings.leastAffected(Corruption.ROTATION))
                .contains("lstm loses least", "30 degrees", "50.00 %", "80.00 to 40.00 %", "gru loses most", "25.00 %");
        assertThat(findings.leastAffected(Corruption.NOISE))
                .contains("lstm loses least", "30 %", "56.25 %", "80.00 to 45.00 %", "gru does not clearly differ");
    }

    @Test
    void whoeverLosesLeastEverywhereIsNamedOnceAndEqualsAreNotRanked() {
        Robustness.Classifier gru = classifier("gru", 60, 60, 60, 60);

        String everywhere = "under shift, rotation, noise and contrast";
        assertThat(section(of(gru, classifier("lstm", 5, 5, 5, 5))).leastAffected())
                .matches("gru loses.*" + everywhere);
        assertThat(section(of(gru, classifier("lstm", 60, 60, 60, 60))).leastAffected())
                .matches("No classifier.*" + everywhere);
        assertThat(section(of(classifier("gru", 60, 20, 40, 70))).leastAffected())
                .contains("gru loses most under rotation", "30 degrees", "25.00 %", "80.00 to 20.00 %");
    }

    /** By scipy 1.15.3, binomtest(80, 100).proportion_ci(method="wilson") is 0.7112 to 0.8666: farther down than up. */
    @Test
    void theIntervalsAreAsWideAsTheirLongerSide() {
        assertThat(section(of(classifier("gru", 80, 80, 80, 80))).precision()).contains("95 %", "at most 8.9 points");
    }

    /** 45 of 100: Wilson's interval by statsmodels 0.14.4, proportion_confint(45, 100, method="wilson"). */
    @Test
    void tablesHoldEveryNumberWithItsInterval() {
        Robustness gru = of(classifier("gru", 60, 20, 45, 70));
        assertThat(gru.csv().lines())
                .hasSize(1 + 1 + 4 * 5)
                .startsWith("classifier,corruption,strength,unit,images,right,accuracy,low,high")
                .anyMatch(line -> line.startsWith("gru,none,0,,100,80,0.8,"))
                .anyMatch(line -> line.startsWith("gru,Noise,30,% of the range,100,45,0.45,0.35614"));
        ReportModel run = new SampleRun(List.of("gru"), SampleRun.CLOTHES, 0, 100, 1).report();
        ReportModel measured = new ReportModel(
                run.spec(), run.results(), run.entrants(), run.images(), List.of(), gru, List.of(), null);
        assertThat(MarkdownText.of(RunDocument.of(measured)))
                .contains("| gru | 80.00 | 60.00 | 20.00 | 45.00 | 70.00 |");
    }
}
