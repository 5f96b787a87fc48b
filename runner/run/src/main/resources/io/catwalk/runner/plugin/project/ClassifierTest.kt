package @package@

import io.catwalk.testkit.ClassifierContract

internal class @class@Test : ClassifierContract(@class@())
