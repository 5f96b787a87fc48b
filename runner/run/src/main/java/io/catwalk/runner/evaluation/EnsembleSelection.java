package io.catwalk.runner.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Selects the members of an ensemble greedily, with replacement: in each round the model joins, perhaps once more,
 * with which the mean of the probabilities has the lowest log loss. The first of the best of all rounds counts (Caruana
 * et al., "Ensemble Selection from Libraries of Models", 2004, ICML, sections 2 and 2.1: with replacement, the
 * performance on the images to select by falls slowly after its best, and weak models hurt less). By log loss, not by
 * accuracy, which is equal for many ensembles.
 *
 * @param votes how often each model joined, 0 or more
 * @param logLoss of the ensemble, in nats
 * @param best the model that has the lowest log loss alone
 */
public record EnsembleSelection(List<Integer> votes, double logLoss, int best) {

    /** In so many rounds, each of the members that are allowed can join several times. */
    private static final int ROUNDS_PER_MEMBER = 5;

    /** A probability of 0 for the true class costs as much as this one, so that one image does not decide. */
    private static final double LEAST = 1e-15;

    /**
     * Selects by predictions of the same images.
     *
     * @param models at least one
     * @param mostMembers how many different models may join, at least 1
     */
    public static EnsembleSelection of(List<Predictions> models, int mostMembers) {
        List<double[]> truths = models.stream().map(EnsembleSelection::truths).toList();
        int[] votes = new int[models.size()];
        double[] sum = new double[models.get(0).images()];
        int[] bestVotes = votes;
        double bestLoss = Double.POSITIVE_INFINITY;
        int first = 0;
        int members = Math.min(mostMembers, models.size());
        for (int round = 1; round <= ROUNDS_PER_MEMBER * members; round++) {
            int joining = -1;
            double loss = Double.POSITIVE_INFINITY;
            boolean full = Arrays.stream(votes).filter(count -> count > 0).count() >= mostMembers;
            for (int i = 0; i < models.size(); i++) {
                double withIt = full && votes[i] == 0 ? Double.POSITIVE_INFINITY : logLoss(sum, truths.get(i), round);
                if (withIt < loss) {
                    loss = withIt;
                    joining = i;
                }
            }
            votes[joining]++;
            for (int i = 0; i < sum.length; i++) {
                sum[i] += truths.get(joining)[i];
            }
            if (round == 1) {
                first = joining;
            }
            if (loss < bestLoss) {
                bestLoss = loss;
                bestVotes = votes.clone();
            }
        }
        return new EnsembleSelection(Arrays.stream(bestVotes).boxed().toList(), bestLoss, first);
    }

    private static double[] truths(Predictions model) {
        return IntStream.range(0, model.images())
                .mapToDouble(i -> model.probabilities(i)[model.labels()[i]])
                .toArray();
    }

    private static double logLoss(double[] sum, double[] more, int count) {
        double loss = 0;
        for (int i = 0; i < sum.length; i++) {
            loss -= Math.log(Math.max(LEAST, (sum[i] + more[i]) / count));
        }
        return loss / sum.length;
    }

    /** Lists the models that joined, in their order. */
    public List<Integer> members() {
        return IntStream.range(0, votes.size())
                .filter(i -> votes.get(i) > 0)
                .boxed()
                .toList();
    }
}
