#include "common/privacy/message_view.h"
