/** Names the folder in which the processes of an app write what they have loaded. */
export const APP_FILES = 'SECURE_API_APP_FILES';
