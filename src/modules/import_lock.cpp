#include "modules/import_lock.h"

#include <pthread.h>

#include "core/thread.h"

namespace krait::modules {
namespace {

pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_t g_owner;
int g_depth = 0;  // changed by the owner only, under the GIL

}  // namespace

void importLockAcquire() {
  if (g_depth > 0 && pthread_equal(g_owner, pthread_self())) {
    g_depth++;
    return;
  }
  if (pthread_mutex_trylock(&g_mutex) != 0) {
    WithoutGil released;
    pthread_mutex_lock(&g_mutex);
  }
  g_owner = pthread_self();
  g_depth = 1;
}

bool importLockRelease() {
  if (g_depth == 0 || !pthread_equal(g_owner, pthread_self())) return false;
  if (--g_depth == 0) pthread_mutex_unlock(&g_mutex);
  return true;
}

bool importLockHeld() { return g_depth > 0; }

void importLockAfterFork() {
  bool mine = g_depth > 0 && pthread_equal(g_owner, pthread_self());
  g_mutex = PTHREAD_MUTEX_INITIALIZER;
  if (!mine)
    g_depth = 0;
  else
    pthread_mutex_lock(&g_mutex);
}

}  // namespace krait::modules
