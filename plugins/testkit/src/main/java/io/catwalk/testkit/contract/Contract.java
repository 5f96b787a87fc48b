package io.catwalk.testkit.contract;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All checks of the contract. */
public final class Contract {

    private static final List<Check> CHECKS = Stream.of(
                    JarChecks.ALL,
                    DescriptionChecks.ALL,
                    RecipeChecks.ALL,
                    BuildingChecks.ALL,
                    ShapeChecks.ALL,
                    TrainingChecks.ALL,
                    SameChecks.ALL,
                    AnswerChecks.ALL,
                    CostChecks.ALL)
            .flatMap(List::stream)
            .toList();

    private Contract() {}

    /**
     * {@return the checks in the order in which they are run, the quick ones first; a check comes after those that it
     * presumes}
     */
    public static List<Check> checks() {
        return CHECKS;
    }

    /**
     * Returns the check with an id.
     *
     * @param id as {@link Check#id} returns it
     * @throws IllegalArgumentException if there is no check with that id; the message lists the known ones
     */
    public static Check require(String id) {
        return CHECKS.stream()
                .filter(check -> check.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown check '" + id + "'; known are "
                        + CHECKS.stream().map(Check::id).collect(Collectors.joining(", "))));
    }
}
