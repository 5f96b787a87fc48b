package @package@;

import io.catwalk.testkit.ClassifierContract;

final class @class@Test extends ClassifierContract {

    @class@Test() {
        super(new @class@());
    }
}
